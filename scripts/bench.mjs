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
const { bundlePrograms } = await import("./bundle-program.mjs");
const outdir = join(root, "dist", "bench");
const entryPoints = ["main", "bare-server", "stream-load"].map((name) => `tests/bench/${name}.ts`);
await bundlePrograms(entryPoints, { outdir });
await import(pathToFileURL(join(outdir, "main.js")).href);
