/** `npm run conformance -- URL [--key KEY] [--board ID]`: holds a running server to the HTTP contract. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureDependencies, ensureNode } from "./ensure.mjs";
import { root } from "./run.mjs";

ensureNode();
await ensureDependencies({ dev: true });
const { build } = await import("esbuild");
const outfile = join(root, "node_modules", ".cache", "rungs", "conformance.mjs");
await build({
  absWorkingDir: root,
  entryPoints: ["tests/conformance/main.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
await import(pathToFileURL(outfile).href);
