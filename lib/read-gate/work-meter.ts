/** How long the event loop was busy while a piece of work ran; what runs at the same time shares the time. */
import { performance } from "node:perf_hooks";

export interface Measurement {
  /** Ends it, and returns the milliseconds. */
  stop(): number;
}

interface Running {
  ms: number;
}

export class WorkMeter {
  readonly #busyMs: () => number;
  readonly #running = new Set<Running>();
  #at = 0;

  /** @param busyMs how long the loop has been busy since the process began */
  constructor(busyMs: () => number = () => performance.eventLoopUtilization().active) {
    this.#busyMs = busyMs;
  }

  start(): Measurement {
    this.#share();
    const own: Running = { ms: 0 };
    this.#running.add(own);
    return {
      stop: () => {
        this.#share();
        this.#running.delete(own);
        return own.ms;
      },
    };
  }

  #share(): void {
    const now = this.#busyMs();
    for (const one of this.#running) one.ms += (now - this.#at) / this.#running.size;
    this.#at = now;
  }
}
