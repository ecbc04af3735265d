/** A Rungs on stores of its own in a temporary folder, for a photographer. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { newFolder } from "@/tests/bench/folder";
import { endedWithAll, start } from "@/tests/bench/processes";
import { launchBrowser } from "@/tests/support/browser";
import { type Stage, stageAt } from "@/tests/support/stage-at";

export interface Site extends Stage {
  pid: number;
  databaseUrl: string;
  redisUrl: string;
  /** Replays the contest that comes with Rungs onto a new board, as fast as it goes. */
  replayContest(board: string): Promise<void>;
  /** Has a board's scores lie in the past: the last so long ago, the first so much longer. Before anybody looks back. */
  date(board: string, lastAgo: string, span: string): Promise<void>;
}

const contest = "demo/icpc-2023-asia-online-1";

export async function openSite(): Promise<Site> {
  const folder = await newFolder();
  const env = environment(folder.path);
  const server = await start({ args: ["scripts/start.mjs"], env: { ...env, PORT: await port() } }, /join#token=\S+/);
  const url = /is running at (\S+)/.exec(server.output)?.[1] ?? "";
  const { databaseUrl, redisUrl } = JSON.parse(await readFile(join(folder.path, "runtime.json"), "utf8"));
  if (!redisUrl) throw new Error("the server has found no Redis");
  const browser = await launchBrowser();
  endedWithAll(() => browser.close());
  const stage = await stageAt({ url, output: () => server.output, stop: server.stop }, browser);
  return {
    ...stage,
    pid: server.pid,
    databaseUrl,
    redisUrl,
    async replayContest(board) {
      const scopes = ["scores:write", "boards:manage"];
      const { key } = (await stage.ask("POST", "/api/v1/keys", { name: "Replay", scopes })) as { key: string };
      const args = ["replay", contest, "--board", board, "--url", url, "--key", key, "--speed", "max"];
      await promisify(execFile)(process.execPath, ["scripts/rungs.mjs", ...args], { env });
    },
    async date(board, lastAgo, span) {
      const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
      await sql`
        update score_events set created_at =
          now() - ${lastAgo}::interval - ${span}::interval * (1 - score_events.seq::float8 / greatest(boards.seq, 1))
        from boards where boards.uid = board_uid and boards.id = ${board}`;
      await sql.end();
    },
  };
}

/** That of a first start, since pictures show it; any other where it is taken. */
function port(): Promise<string> {
  const usual = 3_000;
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve("0"));
    server.listen(usual, () => server.close(() => resolve(String(usual))));
  });
}

/** Nothing of this machine's settings. */
function environment(dataDir: string): NodeJS.ProcessEnv {
  const { PATH, HOME, TZ } = process.env;
  return {
    ...{ PATH, HOME, TZ },
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    DATA_DIR: dataDir,
    LOG_LEVEL: "error",
  };
}
