/** The server under fire: as users start it, on stores of its own, with an inspector that measures what its heap holds. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { WebSocket } from "ws";

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

export async function startServer(folder: string, port: number): Promise<Server> {
  const { PATH = "", HOME = "" } = process.env;
  const env: NodeJS.ProcessEnv = { PATH, HOME, NODE_ENV: "production", DATA_DIR: folder, PORT: String(port) };
  const args = ["--inspect=127.0.0.1:0", "scripts/start.mjs"];
  const child = spawn(process.execPath, args, {
    env: { ...env, LOG_LEVEL: "error" },
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

async function liveBytes(inspector: string): Promise<number> {
  const socket = new WebSocket(inspector);
  await once(socket, "open");
  let id = 0;
  const ask = async (method: string, params: object = {}) => {
    const mine = ++id;
    socket.send(JSON.stringify({ id: mine, method, params }));
    for await (const [data] of onMessages(socket)) {
      const reply = JSON.parse(String(data));
      if (reply.id === mine) return reply.result;
    }
  };
  // Twice: what finalizers let go of is free the second time.
  for (let i = 0; i < 2; i++) await ask("HeapProfiler.collectGarbage");
  const expression = "(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())";
  const { result } = await ask("Runtime.evaluate", { expression });
  socket.close();
  return result.value;
}

async function* onMessages(socket: WebSocket): AsyncGenerator<unknown[]> {
  for (;;) yield await once(socket, "message");
}
