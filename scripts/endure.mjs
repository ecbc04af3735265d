/**
 * `npm run endure`: a stage page through a long replay and restarts of the server, and what became of its memory.
 * Options: --minutes N, --speed N, --restarts TERM,KILL, --json FILE.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureDependencies, ensureNode } from "./ensure.mjs";
import { root } from "./run.mjs";
import { ensureBrowser, ensureRedis } from "./test-programs.mjs";

ensureNode();
process.chdir(root);
await ensureDependencies({ dev: true });
await ensureRedis();
await ensureBuilt({ pages: true });
process.env.CHROMIUM_PATH = await ensureBrowser();
const { bundlePrograms } = await import("./bundle-program.mjs");
const outfile = join(root, "node_modules", ".cache", "rungs", `endure-${process.pid}.mjs`);
await bundlePrograms(["tests/endure/main.ts"], { outfile });
process.once("exit", () => rmSync(outfile, { force: true }));
await import(pathToFileURL(outfile).href);
