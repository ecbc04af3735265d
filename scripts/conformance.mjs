/** `npm run conformance -- URL [--key KEY] [--board ID]`: holds a running server to the HTTP contract. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureDependencies, ensureNode } from "./ensure.mjs";
import { root } from "./run.mjs";

ensureNode();
await ensureDependencies({ dev: true });
const { bundlePrograms } = await import("./bundle-program.mjs");
const outfile = join(root, "node_modules", ".cache", "rungs", "conformance.mjs");
await bundlePrograms(["tests/conformance/main.ts"], { outfile });
await import(pathToFileURL(outfile).href);
