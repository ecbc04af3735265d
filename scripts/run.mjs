/** What the scripts share: the checkout's folder, and programs run in it. Only Node's own modules. */
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Runs a program in the checkout, its output on standard error; gives its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, quiet?: boolean }} [options] quiet: the output is shown only when it fails
 * @returns {Promise<number>}
 */
export function run(command, args, { env = {}, quiet = false } = {}) {
  const shell = command.endsWith(".cmd");
  const output = quiet ? /** @type {const} */ ("pipe") : 2;
  const options = { cwd: root, env: { ...process.env, ...env }, shell };
  const child = spawn(command, args, { ...options, stdio: ["ignore", output, output] });
  let kept = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      kept += text;
    });
  }
  // Ctrl-C reaches the program by itself; what a process manager sends to this process does not.
  const stop = () => {
    child.kill("SIGTERM");
    process.exit(1);
  };
  process.once("SIGTERM", stop);
  return new Promise((resolve) => {
    child.once("error", () => resolve(127));
    child.once("close", (code) => {
      process.off("SIGTERM", stop);
      if (code !== 0) process.stderr.write(kept);
      resolve(code ?? 1);
    });
  });
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * @param {string} line
 * @returns {never}
 */
export function fail(line) {
  say(line);
  process.exit(1);
}
