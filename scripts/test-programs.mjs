/** Finds, or gets, what only the tests need: Chromium, a Redis server, nginx and PgBouncer. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { fail, root, run, say } from "./run.mjs";

/** The one without windows first: a page costs it a third of what it costs the others. */
const browsers = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * The Chromium to test with, if there is one: CHROMIUM_PATH, the machine's own, or the one playwright has downloaded.
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser() {
  const { chromium } = await import("playwright");
  const downloaded = chromium.executablePath();
  const candidates = [process.env.CHROMIUM_PATH, ...browsers, existsSync(downloaded) ? downloaded : undefined];
  return firstThatRuns(candidates.filter((candidate) => candidate !== undefined));
}

/** As `findBrowser`, getting one where there is none. */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found) return found;
  say("Getting Chromium for the tests ...");
  // apt brings the libraries along; what playwright downloads needs them to be there.
  if (canInstallPackages()) {
    await installPackage("chromium-headless-shell");
    if (!(await findBrowser())) await installPackage("chromium");
  } else await run(process.execPath, [join(root, "node_modules", "playwright", "cli.js"), "install", "chromium"]);
  return (await findBrowser()) ?? fail("The tests need Chromium: install it, or set CHROMIUM_PATH to its program.");
}

/** Makes sure that the tests can run a Redis of their own. */
export async function ensureRedis() {
  const programs = ["redis-server", "valkey-server"];
  if (await firstThatRuns(programs)) return;
  say("Getting Redis for the tests ...");
  if (canInstallPackages()) await installPackage("redis-server");
  if (!(await firstThatRuns(programs))) {
    fail("The tests need redis-server (6.2 or later) on the PATH: install the package `redis-server` or `redis`.");
  }
}

/** Makes sure that the tests can put nginx in front. */
export async function ensureNginx() {
  if (await firstThatRuns(["nginx"], "-v")) return;
  say("Getting nginx for the tests ...");
  if (canInstallPackages()) await installPackage("nginx-light");
  if (!(await firstThatRuns(["nginx"], "-v"))) fail("The tests need nginx (1.18 or later) on the PATH.");
}

/** Makes sure that the tests can put PgBouncer between Rungs and Postgres. */
export async function ensurePgBouncer() {
  if (await firstThatRuns(["pgbouncer"])) return;
  say("Getting PgBouncer for the tests ...");
  if (canInstallPackages()) await installPackage("pgbouncer");
  if (!(await firstThatRuns(["pgbouncer"]))) fail("The tests need pgbouncer (1.18 or later) on the PATH.");
}

/** Makes sure that the tests can make certificates. */
export async function ensureOpenssl() {
  if (await firstThatRuns(["openssl"], "version")) return;
  if (canInstallPackages()) await installPackage("openssl");
  if (!(await firstThatRuns(["openssl"], "version"))) fail("The tests need openssl on the PATH.");
}

/**
 * The whole path of the first that runs: playwright takes no bare name.
 * @param {string[]} programs
 * @param {string} question that makes it print its version
 */
async function firstThatRuns(programs, question = "--version") {
  for (const path of programs.flatMap(pathsOf)) {
    const printed = await promisify(execFile)(path, [question]).catch(() => undefined);
    if (printed) return path;
  }
  return undefined;
}

/** @param {string} program */
function pathsOf(program) {
  if (isAbsolute(program)) return [program];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, program)).filter((path) => existsSync(path));
}

function canInstallPackages() {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}

/** @param {string} name */
async function installPackage(name) {
  // With that run level, installing a server does not start it.
  const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], { env });
}
