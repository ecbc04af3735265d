/** Children of Rungs: their own process group (so that Ctrl-C reaches only Rungs, which ends them in order), output to a file. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, renameSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { storeEnvironment } from "@/lib/env";
import { withDeadline } from "./deadline";
import { asOurselves, giveToFolderOwner, type RunAs } from "./run-as";

const logBytesMax = 5 * 1024 * 1024;

export interface ChildOptions {
  logFile: string;
  /** Written to standard input, for what must not be seen in the list of processes. */
  input?: string;
  as?: RunAs;
}

export function spawnChild(command: string, args: string[], options: ChildOptions): ChildProcess {
  const as = options.as ?? asOurselves;
  const [program = command, ...rest] = [...as.prefix, command, ...args];
  rotate(options.logFile);
  const log = openSync(options.logFile, "a", 0o600);
  try {
    giveToFolderOwner(options.logFile);
    const stdin = options.input === undefined ? "ignore" : "pipe";
    const child = spawn(program, rest, {
      ...as.spawn,
      env: storeEnvironment(),
      cwd: "/",
      detached: true,
      stdio: [stdin, log, log],
    });
    // Without a listener a failed spawn would end this process; `exit` tells the rest.
    child.on("error", () => child.emit("exit", 127, null));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input);
    endWithUs(child);
    return child;
  } finally {
    closeSync(log);
  }
}

/** However this process ends, short of being killed: Postgres and Redis take SIGINT as the request to end in order. */
function endWithUs(child: ChildProcess): void {
  const end = () => child.kill("SIGINT");
  process.once("exit", end);
  child.once("exit", () => process.removeListener("exit", end));
}

export function hasExited(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

export function exitOf(child: ChildProcess): Promise<void> {
  if (hasExited(child)) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/** Sends one signal after the other until the child is gone; SIGKILL comes last whatever the list says. */
export async function endChild(child: ChildProcess, steps: { signal: NodeJS.Signals; ms: number }[]): Promise<void> {
  for (const { signal, ms } of [...steps, { signal: "SIGKILL" as const, ms: 1000 }]) {
    if (hasExited(child)) return;
    child.kill(signal);
    await withDeadline(exitOf(child), ms, signal).catch(() => undefined);
  }
}

/** The last line of a log that names a failure, for the one line an operator gets to see. */
export async function lastComplaint(logFile: string): Promise<string> {
  const file = await open(logFile, "r").catch(() => undefined);
  if (!file) return "";
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 8192);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString("utf8").trimEnd().split("\n");
    const complaint = lines.findLast((line) => /FATAL|PANIC|error|failed/i.test(line)) ?? lines.at(-1) ?? "";
    return complaint.trim();
  } finally {
    await file.close();
  }
}

function rotate(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > logBytesMax) renameSync(logFile, `${logFile}.1`);
}
