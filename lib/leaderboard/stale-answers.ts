import { LRUCache } from "lru-cache";

const boardsMax = 1_000;

/** Counts what was answered as stale, and remembers for which boards lately. */
export class StaleAnswers {
  /** By board id: when one was last given, by the monotonic clock. */
  readonly #boards = new LRUCache<string, number>({ max: boardsMax });
  #count = 0;

  get count(): number {
    return this.#count;
  }

  given(boardId: string): void {
    this.#count++;
    this.#boards.set(boardId, performance.now());
  }

  /** Boards, up to a thousand, that somebody got a stale answer about within the last `ms`. */
  boards(ms: number): number {
    const since = performance.now() - ms;
    return [...this.#boards.values()].filter((at) => at >= since).length;
  }
}
