/** Runs a program of the tests that `npm run NAME` stands for: installs what it needs, bundles and loads it. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureDependencies, ensureNode } from "./ensure.mjs";
import { root } from "./run.mjs";
import { ensureBrowser, ensureNginx, ensureRedis } from "./test-programs.mjs";

/**
 * @param {string} name the folder under `tests` with its `main.ts`
 * @param {{ redis?: boolean, nginx?: boolean, pages?: boolean, browser?: boolean }} needs `pages`: a built server
 */
export async function runProgram(name, { redis = false, nginx = false, pages = false, browser = false }) {
  ensureNode();
  process.chdir(root);
  await ensureDependencies({ dev: true });
  if (redis) await ensureRedis();
  if (nginx) await ensureNginx();
  if (pages) await ensureBuilt({ pages });
  if (browser) process.env.CHROMIUM_PATH = await ensureBrowser();
  // Not before the dependencies are there.
  const { bundlePrograms } = await import("./bundle-program.mjs");
  const outfile = join(root, "node_modules", ".cache", "rungs", `${name}-${process.pid}.mjs`);
  process.once("exit", () => rmSync(outfile, { force: true }));
  await bundlePrograms([`tests/${name}/main.ts`], { outfile });
  await import(pathToFileURL(outfile).href);
}
