/**
 * What viewers say they have. The `If-None-Match` of a poll names a position, which makes the poll an acknowledgement;
 * compared with when this instance heard of newer positions it tells how far behind the board's viewers are.
 */
import { LRUCache } from "lru-cache";
import { type Position, parsePositionId } from "@/lib/domain/snapshot";

export interface Acknowledged {
  boardId: string;
  /** Acknowledgements in the last minute. */
  count: number;
  /** The longest time, in milliseconds, by which what a viewer had was out of date. */
  behindMs: number;
}

interface Move extends Position {
  at: number;
}

/** What was heard in a few seconds, by board. */
interface Bucket {
  startedAt: number;
  boards: Map<string, Omit<Acknowledged, "boardId">>;
}

const boardsMax = 1_000;
const movesMax = 128;
const bucketMs = 5_000;
const windowMs = 60_000;

export class Acknowledgements {
  /** By board uid, oldest first; all of one epoch. */
  readonly #moves = new LRUCache<number, Move[]>({ max: boardsMax });
  /** The oldest first. */
  #buckets: Bucket[] = [];

  /** Hears that a board has reached a position; null when nothing is known of it any more. */
  moved(uid: number, position: Position | null, now = performance.now()): void {
    const moves = this.#moves.get(uid) ?? [];
    const last = moves.at(-1);
    if (!position || last?.epoch !== position.epoch) moves.length = 0;
    else if (last.version >= position.version) return;
    if (position) moves.push({ epoch: position.epoch, version: position.version, at: now });
    if (moves.length > movesMax) moves.shift();
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
    const newer = this.#moves
      .get(uid)
      ?.find(({ epoch, version }) => epoch !== position.epoch || version > position.version);
    return newer ? now - newer.at : 0;
  }
}
