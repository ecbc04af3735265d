/** The servers under measurement: a Rungs with a board of a hundred players, and the bare one. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Trigger } from "./stream-load";

export interface Contender {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

export interface RungsContender extends Contender {
  boardId: string;
  /** Switches the board to streaming. */
  stream(): Promise<void>;
  /** The request that gives one player a new score. */
  scoreTrigger(score: number): Trigger;
}

const startMsMax = 60_000;
const players = 100;

/** Rungs as `npm start` runs it, on embedded stores in a temporary folder. */
export async function startRungs(): Promise<RungsContender> {
  const dataDir = await mkdtemp(join(tmpdir(), "rungs-bench-"));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: "production",
    PORT: "0",
    DATA_DIR: dataDir,
    LOG_LEVEL: "warn",
  };
  const child = spawn(process.execPath, ["scripts/start.mjs"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const output = await linesUntil(child, /Bearer (rungs_\w+)/);
  const url = /is running at (\S+)/.exec(output)?.[1] ?? "";
  const key = /Bearer (rungs_\w+)/.exec(output)?.[1] ?? "";
  const boardId = /boards\/([a-z0-9-]+)\/scores/.exec(output)?.[1] ?? "";
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const scoresUrl = `${url}/api/v1/boards/${boardId}/scores`;
  const scores = Array.from({ length: players }, (_, i) => ({
    player: `player-${i}`,
    name: `Player ${i}`,
    score: 1000 + i,
  }));
  const response = await fetch(scoresUrl, { method: "POST", headers, body: JSON.stringify({ scores }) });
  if (!response.ok) throw new Error(`posting scores answered ${response.status}: ${await response.text()}`);
  return {
    url,
    pid: child.pid ?? 0,
    boardId,
    stream: async () => {
      const command = ["scripts/rungs.mjs", "board", "set", boardId, "--delivery", "sse"];
      const [code] = await once(spawn(process.execPath, command, { env, stdio: "inherit" }), "exit");
      if (code !== 0) throw new Error("the board could not be switched to streaming");
    },
    scoreTrigger: (score) => {
      const body = JSON.stringify({ player: "player-7", score });
      return { url: scoresUrl, headers, body, mark: `"score":${score},` };
    },
    stop: async () => {
      await end(child);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** `bare-server.ts` in a process of its own. */
export async function startBare(): Promise<Contender> {
  const program = join(import.meta.dirname ?? "", "bare-server.js");
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const output = await linesUntil(child, /listening at (\S+)/);
  return { url: /listening at (\S+)/.exec(output)?.[1] ?? "", pid: child.pid ?? 0, stop: () => end(child) };
}

async function linesUntil(child: ChildProcess, pattern: RegExp): Promise<string> {
  const timer = setTimeout(() => child.kill("SIGKILL"), startMsMax);
  let output = "";
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    output += `${line}\n`;
    if (pattern.test(output)) {
      clearTimeout(timer);
      child.stdout?.resume();
      return output;
    }
  }
  throw new Error(`a server did not start:\n${output}`);
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
