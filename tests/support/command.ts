/** The `rungs` command under test, run as a script would run it. */
import { spawn } from "node:child_process";

export interface CommandEnd {
  /** The exit code, or the signal that ended it. */
  code: number | NodeJS.Signals;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  kill(signal: NodeJS.Signals): void;
  ended: Promise<CommandEnd>;
}

type Settings = Record<string, string | undefined>;

/** Settings of the machine that a test must not inherit. */
const cleanEnv: Settings = {
  DATABASE_URL: undefined,
  REDIS_URL: undefined,
  UPSTASH_REDIS_REST_URL: undefined,
  UPSTASH_REDIS_REST_TOKEN: undefined,
  PORT: undefined,
  NODE_ENV: undefined,
};

export function rungs(args: string[], env: Settings): Promise<CommandEnd> {
  return startCommand(args, env).ended;
}

export function startCommand(args: string[], env: Settings): RunningCommand {
  const child = spawn(process.execPath, ["scripts/rungs.mjs", ...args], {
    env: { ...process.env, ...cleanEnv, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text) => {
      end[stream] += text;
    });
  }
  return {
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code: code ?? signal ?? -1, ...end }));
    }),
  };
}
