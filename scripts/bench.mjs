/** `npm run bench`: measures the built server beside bare node:http. `npm run bench -- polls` runs one part. */
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
const { build } = await import("esbuild");
const outdir = join(root, "dist", "bench");
await build({
  absWorkingDir: root,
  entryPoints: ["main", "bare-server", "stream-load"].map((name) => `tests/bench/${name}.ts`),
  outdir,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
await import(pathToFileURL(join(outdir, "main.js")).href);
