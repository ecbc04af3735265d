/** `npm run verify`, exactly what CI runs: format and lint, types, dead code, tests. All of them, whichever fails. */
import { join } from "node:path";
import { ensureDependencies, ensureNode } from "./ensure.mjs";
import { root, run, say } from "./run.mjs";

/** @param {string[]} path */
const program = (...path) => join(root, "node_modules", ...path);
const steps = [
  { name: "Format and lint", args: [program("@biomejs", "biome", "bin", "biome"), "ci", "."] },
  { name: "Route types", args: [program("next", "dist", "bin", "next"), "typegen"] },
  { name: "Types", args: [program("typescript", "bin", "tsc"), "--noEmit"] },
  { name: "Dead code", args: [program("knip", "bin", "knip.js")] },
  { name: "Tests", args: [join(root, "scripts", "test.mjs")] },
];

ensureNode();
await ensureDependencies({ dev: true });
const failed = [];
for (const { name, args } of steps) {
  say(`\n== ${name}`);
  const code = await run(process.execPath, args, { env: { NEXT_TELEMETRY_DISABLED: "1" } });
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) say(`\nNot in order: ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);
