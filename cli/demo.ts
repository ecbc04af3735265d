/** `npm run demo`: the real contest that comes with Rungs, replayed onto a board of the server in this process. */
import { resolve } from "node:path";
import type { ApiKeys } from "@/lib/auth/api-keys";
import { readContestFolder } from "@/lib/contest/folder";
import { readFileOf, writeFileOf } from "@/lib/embedded/data-folder";
import type { Context } from "@/lib/leaderboard/context";
import { deleteBoard } from "@/lib/leaderboard/delete-board";
import { createProgress, type ProgressOutput } from "./progress";
import { type ReplayOptions, runReplay } from "./run-replay";

export interface DemoOptions {
  context: Context;
  apiKeys: ApiKeys;
  /** Where this server listens. */
  url: string;
  dataDir: string;
  output: ProgressOutput;
  /** Pauses the demo; the next one goes on from there. */
  signal: AbortSignal;
}

const board = "icpc";
const speed = 60;
const contestDir = "demo/icpc-2023-asia-online-1";
const keyFile = "demo-key.json";

/** Resolves when the contest is over or was paused. Never rejects: the server goes on without its demo. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { url, dataDir, signal } = options;
  const progress = createProgress(options.output);
  progress.note(`Demo: a contest of five hours in five minutes, at ${url}/boards/${board}`);
  try {
    const folder = await readContestFolder(resolve(contestDir));
    const key = await demoKey(options);
    const replay: ReplayOptions = {
      ...{ folder, board, url, key, speed, dataDir, progress, signal },
      server: "this data folder's own",
      restart: false,
    };
    if (!(await runReplay(replay))) {
      progress.note("The last demo ran to its end: clearing its board and beginning again.");
      await deleteBoard(options.context, board);
      await runReplay({ ...replay, restart: true });
    }
    progress.note(`Demo: the contest is over; its final standings stay at ${url}/boards/${board}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    progress.note(
      signal.aborted ? "Demo: paused; the next `npm run demo` goes on from here." : `Demo: stopped. ${reason}`,
    );
  }
}

/** The same key for every run, as a batch sent again is known by the key it was first sent with. */
async function demoKey({ apiKeys, dataDir }: DemoOptions): Promise<string> {
  const kept = await readFileOf<{ key: string }>(dataDir, keyFile);
  if (kept && (await apiKeys.verify(kept.key))) return kept.key;
  const { key } = await apiKeys.create({ name: "demo", scopes: ["scores:write", "boards:manage"], boards: [board] });
  await writeFileOf(dataDir, keyFile, { key });
  return key;
}
