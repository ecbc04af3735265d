import { bytesMaxOf } from "@/lib/memory-bounds";

const bucketMs = 5_000;
/** Of a board in a bucket, with the longest id. */
const boardBytes = 320;
/** Of more boards the viewers are not counted. Two buckets are held. */
const boardsMax = Math.floor(bytesMaxOf("activity") / (2 * boardBytes));

/** How many viewers poll each board now, by counting their polls: one viewer polls once per bucket. */
export class Activity {
  #current = new Map<string, number>();
  #previous = new Map<string, number>();
  #startedAt = performance.now();

  /** What is held takes of memory. */
  get bytes(): number {
    return (this.#current.size + this.#previous.size) * boardBytes;
  }

  polled(boardId: string, now = performance.now()): void {
    this.#turn(now);
    const polls = this.#current.get(boardId) ?? 0;
    if (polls > 0 || this.#current.size < boardsMax) this.#current.set(boardId, polls + 1);
  }

  /** Polls of the last full bucket, or of the running one if there are more already. */
  pollersOf(boardId: string): number {
    this.#turn();
    return Math.max(this.#previous.get(boardId) ?? 0, this.#current.get(boardId) ?? 0);
  }

  /** Boards that are polled. */
  boards(): string[] {
    this.#turn();
    return [...new Set([...this.#previous.keys(), ...this.#current.keys()])];
  }

  #turn(now = performance.now()): void {
    const age = now - this.#startedAt;
    if (age < bucketMs) return;
    this.#previous = age < 2 * bucketMs ? this.#current : new Map();
    this.#current = new Map();
    this.#startedAt = now;
  }
}
