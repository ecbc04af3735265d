/** Programs that the benchmark starts, each of which ends with it, however it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Running {
  pid: number;
  /** What it has printed on standard output until then. */
  output: string;
  stop(): Promise<void>;
}

export interface StartOptions {
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Other than this Node. */
  command?: string;
  /** Files it may have open at once; a number that the system does not grant fails with a line that says so. */
  openFiles?: number;
}

const startMsMax = 60_000;
const endMsMax = 20_000;
const running = new Set<() => Promise<void>>();
const leftovers = new Set<() => Promise<void>>();

/** A program of ./programs, as scripts/bench.mjs has bundled it. */
export function program(name: string): string {
  return fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));
}

export interface Launched {
  child: ChildProcess;
  stop(): Promise<void>;
}

/** Its standard input stays open, its complaints are shown. */
export function launch({ args, env = process.env, command = process.execPath, openFiles }: StartOptions): Launched {
  const words = openFiles ? withOpenFiles(openFiles, [command, ...args]) : [command, ...args];
  const child = spawn(words[0] as string, words.slice(1), { env, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin?.on("error", () => undefined);
  return { child, stop: endedWithAll(() => end(child)) };
}

/** Resolves once the program has printed that. */
export async function start(options: StartOptions, ready: RegExp): Promise<Running> {
  const { child, stop } = launch(options);
  try {
    return { pid: child.pid ?? 0, output: await linesUntil(child, ready), stop };
  } catch (error) {
    await stop();
    throw new Error(`${options.args[0]} did not start`, { cause: error });
  }
}

/** Has something else ended with the programs, also when the benchmark is interrupted; gives what ends it before. */
export function endedWithAll(end: () => Promise<void>): () => Promise<void> {
  return registered(running, end);
}

/** Has something undone once all programs have ended; gives what undoes it before. */
export function undoneAfterAll(undo: () => Promise<void>): () => Promise<void> {
  return registered(leftovers, undo);
}

/** Ends every program that still runs, clients before servers, then undoes what they would have needed. */
export async function stopAll(): Promise<void> {
  for (const ends of [running, leftovers]) await Promise.allSettled([...ends].reverse().map((end) => end()));
}

function registered(ends: Set<() => Promise<void>>, end: () => Promise<void>): () => Promise<void> {
  const once = () => (ends.delete(once) ? end() : Promise.resolve());
  ends.add(once);
  return once;
}

function withOpenFiles(count: number, words: string[]): string[] {
  const complaint = `The limit on open files cannot be raised to ${count}: raise it with "ulimit -n ${count}", or as root.`;
  return [
    "/bin/sh",
    "-c",
    `ulimit -n ${count} 2>/dev/null || { echo '${complaint}' >&2; exit 1; }; exec "$@"`,
    "sh",
    ...words,
  ];
}

async function linesUntil(child: ChildProcess, pattern: RegExp): Promise<string> {
  const timer = setTimeout(() => child.kill("SIGKILL"), startMsMax);
  let output = "";
  try {
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      output += `${line}\n`;
      if (!pattern.test(output)) continue;
      child.stdout?.resume();
      return output;
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`it printed:\n${output}`);
}

/** What it has started has its standard output too, which is closed once all of them have ended. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.stdout?.resume();
  child.kill("SIGTERM");
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    child.stdout?.destroy();
  }, endMsMax);
  await closed;
  clearTimeout(timer);
}
