import { resolve } from "node:path";
import { z } from "zod";
import { readContestFolder } from "@/lib/contest/folder";
import { boardId } from "@/lib/domain/board";
import { findRunning } from "@/lib/embedded/data-folder";
import { readEnv } from "@/lib/env";
import { checked } from "./arguments";
import type { Command } from "./command";
import { interruptible } from "./interruptible";
import { createProgress } from "./progress";
import { runReplay } from "./run-replay";

const speedMax = 1_000_000;

const replayInput = z.object({
  directory: z.string(),
  board: boardId,
  url: z.url({ protocol: /^https?$/, error: "must be an address such as http://localhost:3000" }),
  key: z.string().regex(/^[\x21-\x7e]+$/, "must be an API key, as `rungs key create` prints it"),
  speed: z.union(
    [
      z.literal("max").transform(() => Number.POSITIVE_INFINITY),
      z.literal("0").transform(() => Number.POSITIVE_INFINITY),
      z
        .string()
        .regex(/^\d+(\.\d+)?$/)
        .transform(Number)
        .refine((speed) => speed > 0 && speed <= speedMax),
    ],
    { error: `must be a number up to ${speedMax}, or "max"` },
  ),
});

export const replay: Command = {
  name: "replay",
  summary: "Plays a contest from a folder onto a board.",
  details:
    "Posts scores over HTTP as the contest's backend would have. Stopped and started again, it goes on where it was;\n" +
    "nothing is counted twice.",
  positionals: ["DIR"],
  options: {
    board: { value: "ID", help: "the board; created where the key may, as a contest's rules need it" },
    key: { value: "KEY", help: "an API key with scores:write (and boards:manage to create the board)" },
    url: { value: "URL", help: "the server (default: the one that runs here, else http://localhost:3000)" },
    speed: { value: "N", help: 'how many times faster than the contest, or "max" (default 60)' },
    restart: { help: "begins again from the start" },
  },
  example: "replay demo/icpc-2023-asia-online-1 --board icpc --speed 60 --key KEY",
  async run(args) {
    const { dataDir, port } = readEnv();
    const candidate = {
      directory: args.positionals[0],
      board: args.text("board"),
      url: args.text("url") ?? (await findRunning(dataDir))?.url ?? `http://localhost:${port}`,
      key: args.text("key"),
      speed: args.text("speed") ?? "60",
    };
    const { directory, ...input } = checked(args, replayInput, candidate, ([field]) =>
      field === "directory" ? "DIR" : `--${String(field)}`,
    );
    const folder = await readContestFolder(resolve(directory));
    const progress = createProgress(process.stdout);
    return interruptible(
      async (signal) => {
        const ran = await runReplay({ ...input, folder, dataDir, restart: args.given("restart"), progress, signal });
        progress.note(ran ? `Done: the whole contest is on board "${input.board}".` : finishedBefore(input.board));
        return 0;
      },
      () => progress.note("Stopped. The same command goes on from here."),
    );
  },
};

function finishedBefore(board: string): string {
  return `The whole contest is on board "${board}" already; --restart posts it again from the start.`;
}
