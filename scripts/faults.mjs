/**
 * `npm run faults`: instances under load while parts fail, and a checker over what happened.
 * Options: --seeds N, --seed S, --only fault,..., --seconds N, --json FILE, --mutants.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureDependencies, ensureNode } from "./ensure.mjs";
import { root } from "./run.mjs";
import { ensureRedis } from "./test-programs.mjs";

ensureNode();
process.chdir(root);
await ensureDependencies({ dev: true });
await ensureRedis();
const { build } = await import("esbuild");
const outfile = join(root, "node_modules", ".cache", "rungs", `faults-${process.pid}.mjs`);
await build({
  absWorkingDir: root,
  entryPoints: ["tests/faults/main.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
const { rmSync } = await import("node:fs");
process.once("exit", () => rmSync(outfile, { force: true }));
await import(pathToFileURL(outfile).href);
