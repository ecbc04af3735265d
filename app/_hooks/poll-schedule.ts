import { backoffMs, jitteredMs } from "./jitter";
import type { PollResult } from "./poll-board";

/** A failed poll is repeated after this at the earliest, also when it took long to fail. */
const retryMinMs = 500;

/**
 * When to poll next: as the server asks, 10 % more or less; after failures with backoff, but from the start of one poll to
 * the next in the server's interval at most, which is what the server expects of each viewer anyway. Only a client that was
 * told that it asks for too much waits longer.
 */
export class PollSchedule {
  #intervalMs = 5_000;
  #failures = 0;
  #retryMs = 0;

  /** As the server last asked for. */
  get intervalMs(): number {
    return this.#intervalMs;
  }

  get failing(): boolean {
    return this.#failures > 0;
  }

  /** @param tookMs how long the poll took, or took to fail */
  note(result: PollResult, tookMs = 0): void {
    if (result.kind === "failed") {
      const { retryAfterMs, limited } = result;
      const askedMs = Math.max(backoffMs(++this.#failures), tookMs + retryAfterMs);
      const sinceStartMs = Math.min(askedMs, jitteredMs(this.#intervalMs));
      this.#retryMs = Math.max(sinceStartMs - tookMs, limited ? retryAfterMs : 0, retryMinMs);
      return;
    }
    this.#failures = 0;
    if (result.kind !== "gone") this.#intervalMs = result.pollIntervalMs ?? this.#intervalMs;
  }

  delayMs(intervalMs: number = this.#intervalMs): number {
    return this.failing ? this.#retryMs : jitteredMs(intervalMs);
  }
}
