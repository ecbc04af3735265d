/**
 * `npm run bench`: measures the built server beside its peers. `npm run bench -- polls streams` runs some of the parts.
 * Options: --rounds N, --json FILE, --smoke, --beside FOLDER (another built checkout, for the part `builds`),
 * --write (docs/performance.md and its charts).
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureDependencies, ensureNode } from "./ensure.mjs";
import { root } from "./run.mjs";
import { ensureRedis, findBrowser } from "./test-programs.mjs";

ensureNode();
process.chdir(root);
await ensureDependencies({ dev: true });
await ensureRedis();
// Without one the part `page` says so.
const browser = await findBrowser();
if (browser) process.env.CHROMIUM_PATH = browser;
await ensureBuilt({ pages: true });
const { bundlePrograms } = await import("./bundle-program.mjs");
const outdir = join(root, "node_modules", ".cache", "rungs", `bench-${process.pid}`);
process.once("exit", () => rmSync(outdir, { recursive: true, force: true }));
const folder = "tests/bench/programs";
const programs = readdirSync(join(root, folder)).map((file) => [
  `programs/${file.replace(".ts", "")}`,
  `${folder}/${file}`,
]);
await bundlePrograms(
  { main: "tests/bench/main.ts", ...Object.fromEntries(programs) },
  { outdir, outExtension: { ".js": ".mjs" } },
);
await import(pathToFileURL(join(outdir, "main.mjs")).href);
