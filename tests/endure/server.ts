/** Rungs as users start it, with stores of its own, ended and started again on the same port and data. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Server {
  url: string;
  start(): Promise<void>;
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** The command line, on this server's stores; gives what it prints. */
  rungs(...args: string[]): Promise<string>;
  /** All that it has printed. */
  output(): string;
}

interface ServerOptions {
  folder: string;
  port: number;
  /** Hears of an end that nobody asked for. */
  onCrash: (how: string) => void;
}

const startMs = 60_000;

export async function startServer({ folder, port, onCrash }: ServerOptions): Promise<Server> {
  const dataDir = join(folder, "data");
  const { PATH = "", HOME = "" } = process.env;
  const settings = { DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: "warn" };
  const env: NodeJS.ProcessEnv = { PATH, HOME, NODE_ENV: "production", ...settings };
  let child: ChildProcess | null = null;
  let output = "";

  async function start(): Promise<void> {
    const from = output.length;
    const started = spawn(process.execPath, ["scripts/start.mjs"], { env, stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    const serves = new Promise<void>((resolve) => {
      for (const stream of [started.stdout, started.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => {
          output += text;
          if (/is running at \S+/.test(output.slice(from))) resolve();
        });
      }
    });
    const ended = once(started, "exit").then(([code, signal]) => {
      if (child === started) onCrash(String(signal ?? code));
      throw new Error(`the server ended (${signal ?? code}):\n${output.slice(from)}`);
    });
    ended.catch(() => undefined);
    await Promise.race([serves, ended, late(startMs)]);
  }

  await start();
  return {
    url: `http://localhost:${port}`,
    start,
    async end(signal) {
      const running = child;
      child = null;
      if (!running || running.exitCode !== null || running.signalCode !== null) return;
      const gone = once(running, "exit");
      running.kill(signal);
      await gone;
    },
    async rungs(...args) {
      const { stdout } = await promisify(execFile)(process.execPath, ["scripts/rungs.mjs", ...args], { env });
      return stdout.trim();
    },
    output: () => output,
  };
}

async function late(ms: number): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
  throw new Error(`the server did not start within ${ms} ms`);
}
