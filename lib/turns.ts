/** Runs few tasks at a time; clients take turns, so that one with many tasks holds up nobody else for more than those that run. */
import { RungsError } from "@/lib/domain/errors";
import { FairQueue, type FairQueueLimits } from "./fair-queue";

export interface TurnsLimits extends FairQueueLimits {
  runningMax: number;
  /** Where clients are unknown, as `""`, there is no bound but that of all. */
  runningPerClientMax: number;
  waitMsMax: number;
}

interface Waiting {
  start(): void;
  refuse(): void;
}

export class Turns {
  readonly #limits: TurnsLimits;
  readonly #refusal: { detail: string; retryAfter: number };
  readonly #queue: FairQueue<Waiting>;
  readonly #running = new Map<string, number>();
  #runningNow = 0;

  /** @param refusal the detail of a refused task, and after how many seconds to try again */
  constructor(limits: TurnsLimits, refusal: { detail: string; retryAfter: number }) {
    this.#limits = limits;
    this.#refusal = refusal;
    this.#queue = new FairQueue(limits);
  }

  /**
   * Throws `too-many-requests` instead of letting too many wait, or for too long: no 503, by which a balancer takes an
   * instance for ill.
   */
  async run<T>(client: string, task: () => Promise<T>): Promise<T> {
    await this.#turn(client);
    try {
      return await task();
    } finally {
      this.#count(client, -1);
      this.#startNext();
    }
  }

  #turn(client: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#queue.remove(client, waiting);
        waiting.refuse();
      }, this.#limits.waitMsMax);
      const waiting: Waiting = {
        start: () => {
          clearTimeout(timer);
          this.#count(client, 1);
          resolve();
        },
        refuse: () => {
          clearTimeout(timer);
          const { detail, retryAfter } = this.#refusal;
          reject(new RungsError("too-many-requests", detail, { retryAfter }));
        },
      };
      this.#queue.push(client, waiting)?.refuse();
      this.#startNext();
    });
  }

  #startNext(): void {
    while (this.#runningNow < this.#limits.runningMax) {
      const next = this.#queue.take((client) => this.#mayRun(client));
      if (!next) return;
      next.item.start();
    }
  }

  #mayRun(client: string): boolean {
    return client === "" || (this.#running.get(client) ?? 0) < this.#limits.runningPerClientMax;
  }

  #count(client: string, change: 1 | -1): void {
    this.#runningNow += change;
    const running = (this.#running.get(client) ?? 0) + change;
    if (running === 0) this.#running.delete(client);
    else this.#running.set(client, running);
  }
}
