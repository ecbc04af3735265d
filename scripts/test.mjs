/**
 * `npm test`: everything the tests need, then all of them; what is given on the command line goes to vitest, such as
 * `npm test -- unit` or `npm test -- integration/start -t "kill -9"`. The last line is `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt, ensureDependencies, ensureNode } from "./ensure.mjs";
import { root } from "./run.mjs";
import { ensureBrowser, ensureNginx, ensureOpenssl, ensurePgBouncer, ensureRedis } from "./test-programs.mjs";

const report = join(root, "node_modules", ".cache", "rungs", `tests-${process.pid}.json`);
const args = process.argv.slice(2);
const only = args.filter((word) => /^(unit|contract|integration|e2e)\b/.test(word));
/** @param {string} part */
const includes = (part) => only.length === 0 || only.some((word) => word.startsWith(part));

ensureNode();
await ensureDependencies({ dev: true });
if (includes("contract") || includes("integration") || includes("e2e")) await ensureRedis();
if (includes("integration")) await ensureNginx();
if (includes("integration")) await ensurePgBouncer();
if (includes("integration")) await ensureOpenssl();
if (includes("integration") || includes("e2e")) await ensureBuilt({ pages: true });
if (includes("integration") || includes("e2e")) process.env.CHROMIUM_PATH = await ensureBrowser();

const code = await vitest();
const { passed, failed } = count(code);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(code);

/** @returns {Promise<number>} */
function vitest() {
  const program = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [program, "run", ...reporters, ...args], { cwd: root, stdio: "inherit" });
  // Ctrl-C reaches vitest by itself; this process stays to say how it went.
  process.on("SIGINT", () => undefined);
  return new Promise((resolve) => child.once("exit", (status) => resolve(status ?? 1)));
}

/**
 * A file that cannot be loaded, or a failure outside of any test, counts as one failed.
 * @param {number} status
 */
function count(status) {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  /** @type {{ numPassedTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] }} */
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  rmSync(report);
  const failures = testResults.map(({ status: file, assertionResults }) => {
    const tests = assertionResults.filter((result) => result.status === "failed").length;
    return file === "failed" ? Math.max(tests, 1) : tests;
  });
  const failed = failures.reduce((sum, number) => sum + number, 0);
  return { passed: numPassedTests, failed: status !== 0 && failed === 0 ? 1 : failed };
}
