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

interface Heard {
  boardId: string;
  at: number;
  behindMs: number;
}

const boardsMax = 1_000;
const movesMax = 128;
const heardMax = 10_000;
const windowMs = 60_000;

export class Acknowledgements {
  /** By board uid, oldest first; all of one epoch. */
  readonly #moves = new LRUCache<number, Move[]>({ max: boardsMax });
  #heard: Heard[] = [];

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
    if (!position || this.#heard.length >= heardMax) return;
    this.#heard.push({ boardId: board.id, at: now, behindMs: this.#behindMs(board.uid, position, now) });
  }

  /** Boards with viewers who polled in the last minute, the busiest first. */
  report(now = performance.now()): Acknowledged[] {
    this.#heard = this.#heard.filter(({ at }) => now - at < windowMs);
    const boards = new Map<string, Acknowledged>();
    for (const { boardId, behindMs } of this.#heard) {
      const before = boards.get(boardId) ?? { boardId, count: 0, behindMs: 0 };
      boards.set(boardId, { boardId, count: before.count + 1, behindMs: Math.max(before.behindMs, behindMs) });
    }
    return [...boards.values()].sort((a, b) => b.count - a.count);
  }

  #behindMs(uid: number, position: Position, now: number): number {
    const newer = this.#moves
      .get(uid)
      ?.find(({ epoch, version }) => epoch !== position.epoch || version > position.version);
    return newer ? now - newer.at : 0;
  }
}
