/**
 * `npm run fuzz`: random bad requests over everything a server answers, and what became of it.
 * Options: --seed N, --minutes N, --json FILE (instead of a line in the ledger).
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
const outfile = join(root, "node_modules", ".cache", "rungs", `fuzz-${process.pid}.mjs`);
await bundlePrograms(["tests/fuzz/main.ts"], { outfile });
process.once("exit", () => rmSync(outfile, { force: true }));
await import(pathToFileURL(outfile).href);
