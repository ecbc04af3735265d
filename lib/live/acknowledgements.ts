/**
 * What viewers say they have. The `If-None-Match` of a poll names a position, which makes the poll an acknowledgement;
 * compared with when this instance heard of newer positions it tells how far behind the board's viewers are.
 */
import { BoundedCache } from "@/lib/bounded-cache";
import { type Position, parsePositionId } from "@/lib/domain/snapshot";
import { bytesMaxOf } from "@/lib/memory-bounds";

export interface Acknowledged {
  boardId: string;
  /** Acknowledgements in the last minute. */
  count: number;
  /** The longest time, in milliseconds, by which what a viewer had was out of date. */
  behindMs: number;
}

/** Of one epoch: the versions that a board reached, and when; the oldest first, as numbers in a row take little memory. */
interface Moves {
  epoch: string;
  versions: number[];
  at: number[];
}

/** What was heard in a few seconds, by board. */
interface Bucket {
  startedAt: number;
  boards: Map<string, Omit<Acknowledged, "boardId">>;
}

const movesMax = 128;
const bucketMs = 5_000;
const windowMs = 60_000;
/** Two arrays of numbers of 8 bytes, which grow ahead of what they hold. */
const movesBytes = 512 + 2 * 8 * 2 * movesMax;
/** Of a board in a bucket, with the longest id. */
const countBytes = 288;
/** In each bucket, of which there are a dozen and one. */
const boardsMax = Math.floor((0.5 * bytesMaxOf("acknowledgements")) / ((windowMs / bucketMs + 1) * countBytes));

export class Acknowledgements {
  /** By board uid. */
  readonly #moves = new BoundedCache<number, Moves>("acknowledgements", movesBytes, 0.5);
  /** The oldest first. */
  #buckets: Bucket[] = [];

  /** What is held takes of memory. */
  get bytes(): number {
    return this.#buckets.reduce((sum, { boards }) => sum + countBytes * boards.size, this.#moves.bytes);
  }

  /** Hears that a board has reached a position; null when nothing is known of it any more. */
  moved(uid: number, position: Position | null, now = performance.now()): void {
    if (!position) {
      this.#moves.delete(uid);
      return;
    }
    const known = this.#moves.get(uid);
    const moves = known?.epoch === position.epoch ? known : { epoch: position.epoch, versions: [], at: [] };
    if (position.version <= (moves.versions.at(-1) ?? Number.NEGATIVE_INFINITY)) return;
    moves.versions.push(position.version);
    moves.at.push(now);
    if (moves.at.length > movesMax) {
      moves.versions.shift();
      moves.at.shift();
    }
    this.#moves.set(uid, moves);
  }

  /** Hears what a poll brought along. What is no entity tag of ours acknowledges nothing. */
  heard(board: { uid: number; id: string }, ifNoneMatch: string, now = performance.now()): void {
    const position = parsePositionId(/^(?:W\/)?"([^"~]+)~/.exec(ifNoneMatch)?.[1]);
    if (position) this.#count(board.id, this.#behindMs(board.uid, position, now), now);
  }

  /** Hears that a viewer has what there is. */
  upToDate(boardId: string, now = performance.now()): void {
    this.#count(boardId, 0, now);
  }

  /** Boards with viewers who polled in the last minute, the busiest first. */
  report(now = performance.now()): Acknowledged[] {
    this.#forget(now);
    const boards = new Map<string, Acknowledged>();
    for (const bucket of this.#buckets) {
      for (const [boardId, { count, behindMs }] of bucket.boards) {
        const before = boards.get(boardId) ?? { boardId, count: 0, behindMs: 0 };
        const worst = Math.max(before.behindMs, behindMs);
        boards.set(boardId, { boardId, count: before.count + count, behindMs: worst });
      }
    }
    return [...boards.values()].sort((a, b) => b.count - a.count);
  }

  #count(boardId: string, behindMs: number, now: number): void {
    let bucket = this.#buckets.at(-1);
    if (!bucket || now - bucket.startedAt >= bucketMs) {
      this.#forget(now);
      bucket = { startedAt: now, boards: new Map() };
      this.#buckets.push(bucket);
    }
    const board = bucket.boards.get(boardId);
    if (!board) {
      if (bucket.boards.size < boardsMax) bucket.boards.set(boardId, { count: 1, behindMs });
    } else {
      board.count++;
      if (behindMs > board.behindMs) board.behindMs = behindMs;
    }
  }

  #forget(now: number): void {
    this.#buckets = this.#buckets.filter(({ startedAt }) => now - startedAt < windowMs);
  }

  #behindMs(uid: number, position: Position, now: number): number {
    const moves = this.#moves.get(uid);
    if (!moves) return 0;
    const isOther = moves.epoch !== position.epoch;
    const newer = isOther ? 0 : moves.versions.findIndex((version) => version > position.version);
    return now - (moves.at[newer] ?? now);
  }
}
