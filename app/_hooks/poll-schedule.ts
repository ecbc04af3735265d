import { backoffMs, jitteredMs } from "./jitter";
import type { PollResult } from "./poll-board";

/** When to poll next: as the server asks, 10 % more or less; after failures with backoff. */
export class PollSchedule {
  #intervalMs = 5_000;
  #failures = 0;
  #retryAfterMs = 0;

  /** As the server last asked for. */
  get intervalMs(): number {
    return this.#intervalMs;
  }

  get failing(): boolean {
    return this.#failures > 0;
  }

  note(result: PollResult): void {
    if (result.kind === "failed") {
      this.#failures++;
      this.#retryAfterMs = result.retryAfterMs ?? 0;
      return;
    }
    this.#failures = 0;
    if (result.kind !== "gone") this.#intervalMs = result.pollIntervalMs ?? this.#intervalMs;
  }

  delayMs(intervalMs: number = this.#intervalMs): number {
    return this.failing ? Math.max(this.#retryAfterMs, backoffMs(this.#failures)) : jitteredMs(intervalMs);
  }
}
