import type { Logger } from "./logger";

const everyMs = 60_000;

/** For what can come by the thousand: the first is logged at once, the others as one line a minute with their number. */
export class FloodLog {
  readonly #logger: Logger;
  readonly #message: string;
  #timer: NodeJS.Timeout | undefined;
  #times = 0;
  #last: object = {};

  constructor(logger: Logger, message: string) {
    this.#logger = logger;
    this.#message = message;
  }

  warn(facts: object): void {
    if (this.#timer) {
      this.#times++;
      this.#last = facts;
      return;
    }
    this.#write(facts);
  }

  #write(facts: object): void {
    this.#logger.warn(facts, this.#message);
    this.#timer = setTimeout(() => this.#writeRest(), everyMs).unref();
  }

  #writeRest(): void {
    this.#timer = undefined;
    if (this.#times === 0) return;
    const facts = { ...this.#last, times: this.#times };
    this.#times = 0;
    this.#write(facts);
  }
}
