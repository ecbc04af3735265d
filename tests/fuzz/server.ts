/** The server under fire: as users start it, on stores of its own, with an inspector that measures what its heap holds. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { liveBytes } from "@/tests/support/live-bytes";

export interface Server {
  port: number;
  pid: number;
  isAlive(): boolean;
  /** All that it has printed. */
  output(): string;
  /** Bytes that are in use after a collection, with buffers outside of the heap. */
  liveBytes(): Promise<number>;
  stop(): Promise<void>;
}

const startMs = 90_000;

export async function startServer(
  folder: string,
  port: number,
  settings: Record<string, string> = {},
): Promise<Server> {
  const { PATH = "", HOME = "" } = process.env;
  const env: NodeJS.ProcessEnv = { PATH, HOME, NODE_ENV: "production", DATA_DIR: folder, PORT: String(port) };
  const args = ["--inspect=127.0.0.1:0", "scripts/start.mjs"];
  const child = spawn(process.execPath, args, {
    env: { ...env, LOG_LEVEL: "error", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.once("exit", () => child.kill("SIGTERM"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-200_000);
    });
  }
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const stop = () => stopChild(child, isAlive);
  try {
    const [, inspector = ""] = await printed(child, () => /Debugger listening on (ws:\S+)/.exec(output));
    await printed(child, () => /is running at \S+/.exec(output));
    return { port, pid: child.pid ?? -1, isAlive, output: () => output, liveBytes: () => liveBytes(inspector), stop };
  } catch (error) {
    await stop();
    throw new Error(`The server did not start:\n${output}`, { cause: error });
  }
}

async function stopChild(child: ChildProcess, isAlive: () => boolean): Promise<void> {
  if (!isAlive()) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}

async function printed(child: ChildProcess, look: () => RegExpExecArray | null): Promise<RegExpExecArray> {
  const until = performance.now() + startMs;
  while (performance.now() < until && child.exitCode === null) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within ${startMs} ms`);
}
