/**
 * `npm run reads`: a server with a small heap through every public route, at random, and what became of its memory.
 * Options: --minutes N, --heap MB, --seed N, --connections N.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureDependencies, ensureNode } from "./ensure.mjs";
import { root } from "./run.mjs";
import { ensureRedis } from "./test-programs.mjs";

ensureNode();
process.chdir(root);
await ensureDependencies({ dev: true });
await ensureRedis();
await ensureBuilt({ pages: true });
const { bundlePrograms } = await import("./bundle-program.mjs");
const outfile = join(root, "node_modules", ".cache", "rungs", `reads-${process.pid}.mjs`);
await bundlePrograms(["tests/reads/main.ts"], { outfile });
process.once("exit", () => rmSync(outfile, { force: true }));
await import(pathToFileURL(outfile).href);
