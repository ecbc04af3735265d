/**
 * Stops the process in order: what was started last ends first, each part within its time. The first signal asks
 * politely, a second one ends the process at once (the stores then end by themselves).
 */
import { withDeadline } from "@/lib/embedded/deadline";
import type { Logger } from "@/lib/logger";

interface Step {
  name: string;
  ms: number;
  stop: () => Promise<unknown> | unknown;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const forcedExitCode = 130;

export class Shutdown {
  readonly #steps: Step[] = [];
  readonly #logger: Logger;
  readonly #controller = new AbortController();

  constructor(logger: Logger) {
    this.#logger = logger;
    for (const name of signals) {
      process.on(name, () => {
        if (this.signal.aborted) process.exit(forcedExitCode);
        this.#logger.info({ signal: name }, "stopping");
        void this.exit(0);
      });
    }
    process.on("uncaughtException", (error) => {
      this.#logger.fatal({ err: error }, "unexpected failure");
      void this.exit(1);
    });
    // A terminal or pipe that is gone is no reason to end without order.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  }

  /** Aborted as soon as the process is to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Says how to end something, best before starting it; what is said last is done first. */
  onStop(name: string, ms: number, stop: Step["stop"]): void {
    this.#steps.unshift({ name, ms, stop });
  }

  async exit(code: number): Promise<void> {
    if (this.signal.aborted) return;
    this.#controller.abort();
    for (let step = this.#steps.shift(); step; step = this.#steps.shift()) {
      const { name, ms, stop } = step;
      await withDeadline(Promise.resolve().then(stop), ms, `took longer than ${ms} ms`).catch((error) =>
        this.#logger.warn({ part: name, error: String(error) }, "did not stop in order"),
      );
    }
    process.exit(code);
  }
}
