/** The contest that comes with Rungs, played onto a board again and again. */
import { runReplay } from "@/cli/run-replay";
import { readContestFolder } from "@/lib/contest/folder";
import { contestDir } from "@/tests/support/contest";

export interface Replays {
  /** How many times it was played to its end so far. */
  played(): number;
  /** Stops, and posts at once what was left of the contest, so that the board has its final standings. */
  finish(): Promise<void>;
  /** Stops where it is. */
  stop(): Promise<void>;
}

interface ReplaysOptions {
  board: string;
  url: string;
  key: string;
  speed: number;
  /** Keeps how far it has come. */
  folder: string;
  onError: (error: unknown) => void;
}

const silent = { update: () => undefined, note: () => undefined, end: () => undefined };

export async function startReplays({ speed, folder: dataDir, onError, ...target }: ReplaysOptions): Promise<Replays> {
  const folder = await readContestFolder(contestDir);
  const stopping = new AbortController();
  const common = { ...target, folder, dataDir, progress: silent };
  let played = 0;
  const playing = (async () => {
    while (!stopping.signal.aborted) {
      await runReplay({ ...common, speed, restart: true, signal: stopping.signal });
      played++;
    }
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) onError(error);
  });
  const stop = () => {
    stopping.abort();
    return playing;
  };
  return {
    played: () => played,
    stop,
    async finish() {
      await stop();
      const signal = AbortSignal.timeout(60_000);
      await runReplay({ ...common, speed: Number.POSITIVE_INFINITY, restart: false, signal });
    },
  };
}
