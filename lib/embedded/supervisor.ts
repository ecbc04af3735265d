/** Keeps one child running: starts it again when it ends without having been asked to. */
import type { ChildProcess } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "@/lib/logger";
import { endChild, exitOf } from "./child";

export interface Supervised {
  stop(): Promise<void>;
}

export interface Supervision {
  /** For the log. */
  name: string;
  logger: Logger;
  /** Resolves once the child answers; ends what it began and rejects when `stopping` is aborted. */
  start: (stopping: AbortSignal) => Promise<ChildProcess>;
  /** How to end it: one signal after the other, each with the time it may take. */
  stopSteps: { signal: NodeJS.Signals; ms: number }[];
}

const restartMs = { first: 100, max: 10_000 };

export async function supervise({ name, logger, start, stopSteps }: Supervision): Promise<Supervised> {
  const stopping = new AbortController();
  let child = await start(stopping.signal);

  const watch = async () => {
    while (!stopping.signal.aborted) {
      await exitOf(child);
      if (stopping.signal.aborted) return;
      logger.error({ part: name }, "ended unexpectedly, starting it again");
      await restart();
    }
  };

  const restart = async () => {
    for (let ms = restartMs.first; ; ms = Math.min(ms * 2, restartMs.max)) {
      try {
        await wait(ms, undefined, { signal: stopping.signal });
        child = await start(stopping.signal);
        logger.warn({ part: name }, "runs again");
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        logger.error({ part: name, error: String(error) }, "does not start");
      }
    }
  };

  const watching = watch();
  return {
    async stop() {
      stopping.abort();
      await endChild(child, stopSteps);
      await watching;
      // A child that became ready at the very moment of the stop.
      await endChild(child, stopSteps);
    },
  };
}
