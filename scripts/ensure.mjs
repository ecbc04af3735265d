/**
 * Makes a checkout runnable: the right Node, the dependencies of the lock file, a build of the present sources.
 * Nothing is done twice. Only Node's own modules are imported at the top: this runs before anything is installed.
 * All output goes to standard error, since the `rungs` command prints its results on standard output.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, root, run, say } from "./run.mjs";

/** What a build is made of: these, and the modules at the top that are not for tools. */
const sources = ["app", "cli", "db", "lib", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
const isSource = /^(?!vitest|drizzle)[\w.-]+(?<!\.d)\.(ts|js|mjs)$/;

/** Exits with one line when this Node is too old to go on. */
export function ensureNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 9)) return;
  fail(`Rungs needs Node 20.9 or later, this is ${process.versions.node}: get it from https://nodejs.org.`);
}

/**
 * Installs what the lock file names where anything of it is missing or of another version.
 * @param {{ dev: boolean }} options dev: also what only building and testing need
 */
export async function ensureDependencies({ dev }) {
  if (!dependenciesAreThere(dev)) await installDependencies(dev);
  // An install may have been told to run no scripts.
  await import("./patch-postgres.mjs");
}

/** @param {boolean} dev */
async function installDependencies(dev) {
  say("Installing dependencies ...");
  // npm leaves out devDependencies by itself when NODE_ENV is "production".
  const include = dev ? "--include=dev" : "--omit=dev";
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // Versions are the lock file's, which stays as it is. `npm ci` would begin by deleting what is there.
  const code = await run(npm, ["install", "--no-save", include, "--no-audit", "--no-fund", "--loglevel=error"]);
  if (code !== 0) fail("npm could not install the dependencies; its message is above.");
}

/**
 * Builds what is not there or was made from other sources.
 * @param {{ pages: boolean }} options pages: also what Next serves, which takes longer
 */
export async function ensureBuilt({ pages }) {
  const { buildBundle, buildPages } = await import("./bundle.mjs");
  const hash = hashOfSources();
  if (!isBuilt(bundle, hash)) {
    await buildBundle();
    writeFileSync(bundle.marker, hash);
  }
  if (!pages || isBuilt(nextBuild, hash)) return;
  say("Building the pages, which takes a minute ...");
  await buildPages();
  writeFileSync(nextBuild.marker, hash);
}

/** Whether nothing would have to be built to start. */
export function isAllBuilt() {
  const hash = hashOfSources();
  return isBuilt(bundle, hash) && isBuilt(nextBuild, hash);
}

const bundle = { result: join(root, "dist", "server.js"), marker: join(root, "dist", ".sources") };
const nextBuild = { result: join(root, ".next", "BUILD_ID"), marker: join(root, ".next", ".sources") };

/**
 * @param {{ result: string, marker: string }} build
 * @param {string} hash
 */
function isBuilt({ result, marker }, hash) {
  return existsSync(result) && existsSync(marker) && readFileSync(marker, "utf8") === hash;
}

function hashOfSources() {
  const hash = createHash("sha256");
  const modules = readdirSync(root).filter((name) => isSource.test(name));
  for (const file of [...sources, ...modules.sort(), "scripts/bundle.mjs"].flatMap(filesIn)) {
    const content = readFileSync(join(root, file));
    hash.update(`${file.replaceAll("\\", "/")} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat ? [path] : [];
  const names = readdirSync(join(root, path)).sort();
  return names.flatMap((name) => filesIn(join(path, name)));
}

/**
 * npm keeps beside the packages a list of what it installed; optional ones are there or not as the platform has it.
 * @param {boolean} dev
 */
function dependenciesAreThere(dev) {
  const installed = packagesOf("node_modules/.package-lock.json");
  const wanted = Object.entries(packagesOf("package-lock.json"));
  return wanted.every(([path, entry]) => {
    const found = installed[path];
    if (path === "" || (!found && (entry.optional || (entry.dev && !dev)))) return true;
    return found?.version === entry.version;
  });
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version: string, dev?: boolean, optional?: boolean }>}
 */
function packagesOf(lockFile) {
  const path = join(root, lockFile);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : {};
}
