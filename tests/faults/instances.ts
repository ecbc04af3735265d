/** One Rungs instance as a process: started, killed and started again on the same port. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";

export interface Instance {
  port: number;
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Its wall clock goes ahead of, or behind, everybody else's. */
  stepClock(ms: number): void;
}

export interface InstanceOptions {
  program: string;
  env: Record<string, string>;
  logFile: string;
  /** Receives how an instance ended that was ready and was not stopped. */
  onCrash: (how: string) => void;
}

const readyMs = 60_000;
const restartMs = 1_000;
const complaintMax = 4_000;

/** Rejects with what it said last when it ends before it is ready. */
export async function startInstance({ program, env, logFile, onCrash }: InstanceOptions): Promise<Instance> {
  /** Its own choice at first, and kept from then on. */
  let port = 0;
  const log = createWriteStream(logFile, { flags: "a" });
  let child: ChildProcess;
  let killing = false;

  async function start(): Promise<void> {
    killing = false;
    const started = spawn(process.execPath, ["--enable-source-maps", program], {
      env: { ...env, NODE_ENV: "production", PATH: process.env.PATH ?? "", PORT: String(port), HOST: "127.0.0.1" },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) stream?.pipe(log, { end: false });
    let complaint = "";
    started.stderr?.on("data", (chunk: Buffer) => {
      complaint = (complaint + chunk).slice(-complaintMax);
    });
    const closed = new Promise<void>((resolve) => started.once("close", () => resolve()));
    const ended = once(started, "exit").then(async ([code, signal]) => {
      if (!killing && port !== 0) {
        onCrash(String(signal ?? code));
        // As whatever keeps a service running would.
        setTimeout(() => !killing && void start().catch(() => undefined), restartMs);
      }
      await closed;
      throw new Error(`an instance ended (${signal ?? code}); its log: ${logFile}\n${complaint}`);
    });
    ended.catch(() => undefined);
    const [ready] = await Promise.race([once(started, "message", { signal: AbortSignal.timeout(readyMs) }), ended]);
    port = ready.port;
  }

  await start();
  return {
    port,
    start,
    async kill() {
      killing = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
    stepClock: (ms) => void child.send({ clockMs: ms }),
  };
}
