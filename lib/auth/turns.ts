import { RungsError } from "@/lib/domain/errors";

export interface TurnsLimits {
  running: number;
  waiting: number;
  /** Of one caller. */
  waitingEach: number;
}

/** Runs few tasks at a time; callers take turns, so that one with many tasks holds up nobody else for more than one. */
export class Turns {
  readonly #limits: TurnsLimits;
  /** By caller, in the order of their turns. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #running = 0;
  #count = 0;

  constructor(limits: TurnsLimits) {
    this.#limits = limits;
  }

  /** Throws `unavailable` instead of letting too many wait. */
  async run<T>(caller: string, task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limits.running) this.#running++;
    else await this.#wait(caller);
    try {
      return await task();
    } finally {
      this.#passOn();
    }
  }

  #wait(caller: string): Promise<void> {
    const own = this.#waiting.get(caller) ?? [];
    if (own.length >= this.#limits.waitingEach || this.#count >= this.#limits.waiting) {
      throw new RungsError("unavailable", "Too many people are signing in right now.", { retryAfter: 5 });
    }
    this.#count++;
    this.#waiting.set(caller, own);
    return new Promise((resolve) => own.push(resolve));
  }

  /** Hands a place that is free to the next in turn. */
  #passOn(): void {
    const [turn] = this.#waiting;
    if (!turn) {
      this.#running--;
      return;
    }
    const [caller, [start, ...rest]] = turn;
    this.#waiting.delete(caller);
    if (rest.length > 0) this.#waiting.set(caller, rest);
    this.#count--;
    start?.();
  }
}
