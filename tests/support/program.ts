/** A Node program under test: what it prints, when it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { onTestFinished } from "vitest";

export interface Program {
  pid: number;
  /** All of standard output and standard error so far. */
  output(): string;
  errors(): string;
  /** Resolves with the first match in the output; rejects when the program ends without it. */
  prints(pattern: RegExp, ms?: number): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Asks it to end, and waits for that. */
  stop(): Promise<number | NodeJS.Signals>;
}

export interface ProgramOptions {
  args: string[];
  env?: Record<string, string | undefined>;
  cwd?: string;
  user?: { uid: number; gid: number };
}

const patienceMs = 60_000;

export function runProgram({ args, env, cwd, user }: ProgramOptions): Program {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd && { cwd }),
    ...user,
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output += text;
    errors += text;
  });
  const ended = endOf(child);
  return {
    pid: child.pid ?? -1,
    output: () => output,
    errors: () => errors,
    prints: (pattern, ms = patienceMs) => waitFor(child, () => pattern.exec(output), ended, ms),
    kill: (signal) => void child.kill(signal),
    ended,
    stop: () => {
      child.kill("SIGTERM");
      // Not unref'd: an end that does not come is a failure to be seen, not a reason to hang.
      const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      return ended.finally(() => clearTimeout(timer));
    },
  };
}

/** As `runProgram`, ended with the test that started it. */
export function runProgramInTest(options: ProgramOptions): Program {
  const program = runProgram(options);
  onTestFinished(async () => {
    await program.stop();
  });
  return program;
}

function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal ?? -1));
  });
}

function waitFor(
  child: ChildProcess,
  look: () => RegExpExecArray | null,
  ended: Promise<unknown>,
  ms: number,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => give(new Error(`It did not print what was awaited within ${ms} ms.`)), ms);
    const check = () => {
      const found = look();
      if (found) give(found);
    };
    const give = (result: RegExpExecArray | Error) => {
      clearTimeout(timer);
      for (const stream of [child.stdout, child.stderr]) stream?.off("data", check);
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", check);
    ended.then((code) => give(look() ?? new Error(`It ended (${code}) without printing what was awaited.`)), give);
    check();
  });
}
