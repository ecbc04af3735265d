/** `npm run screenshots`: pictures of every page and state into docs/screenshots. */
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
process.env.CHROMIUM_PATH = await ensureBrowser();
await ensureBuilt({ pages: true });
const { bundlePrograms } = await import("./bundle-program.mjs");
const outfile = join(root, "node_modules", ".cache", "rungs", `screenshots-${process.pid}.mjs`);
process.once("exit", () => rmSync(outfile, { force: true }));
await bundlePrograms(["tests/screenshots/main.ts"], { outfile });
await import(pathToFileURL(outfile).href);
