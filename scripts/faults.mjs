/**
 * `npm run faults`: instances under load while parts fail, and a checker over what happened.
 * Options: --seeds N, --seed S, --only fault,..., --seconds N, --json FILE, --mutants, --pooler.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureDependencies, ensureNode } from "./ensure.mjs";
import { root } from "./run.mjs";
import { ensureNginx, ensureRedis } from "./test-programs.mjs";

ensureNode();
process.chdir(root);
await ensureDependencies({ dev: true });
await Promise.all([ensureRedis(), ensureNginx()]);
const { bundlePrograms } = await import("./bundle-program.mjs");
const outfile = join(root, "node_modules", ".cache", "rungs", `faults-${process.pid}.mjs`);
await bundlePrograms(["tests/faults/main.ts"], { outfile });
const { rmSync } = await import("node:fs");
process.once("exit", () => rmSync(outfile, { force: true }));
await import(pathToFileURL(outfile).href);
