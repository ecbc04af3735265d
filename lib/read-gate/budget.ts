/**
 * A token bucket whose tokens are milliseconds of the event loop. Work is paid for when it is done, so that a budget can
 * be overdrawn; nothing more is started until that has been made up for.
 */
export interface BudgetRate {
  msPerS: number;
  /** What has accumulated at most. */
  burstMs: number;
  /** How far the budget can be overdrawn; what is beyond is not made up for. */
  debtMsMax: number;
}

export class Budget {
  readonly #rate: BudgetRate;
  #leftMs: number;
  #at: number;

  constructor(rate: BudgetRate, now: number) {
    this.#rate = rate;
    this.#leftMs = rate.burstMs;
    this.#at = now;
  }

  leftMs(now: number): number {
    const { msPerS, burstMs } = this.#rate;
    this.#leftMs = Math.min(burstMs, this.#leftMs + ((now - this.#at) * msPerS) / 1_000);
    this.#at = now;
    return this.#leftMs;
  }

  /** @param ms negative gives back what was expected and not needed */
  spend(ms: number, now: number): void {
    const { burstMs, debtMsMax } = this.#rate;
    this.#leftMs = Math.min(burstMs, Math.max(-debtMsMax, this.leftMs(now) - ms));
  }

  /** How long until something is left. */
  waitMs(now: number): number {
    const left = this.leftMs(now);
    return left > 0 ? 0 : ((1 - left) / this.#rate.msPerS) * 1_000;
  }
}
