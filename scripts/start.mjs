/**
 * `npm start`, `npm run dev` (--dev) and `npm run demo` (--demo): installs and builds what is missing, then serves.
 * Further options go to the server: --no-redis keeps ranks in its process even where a Redis is installed.
 */
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureDependencies, ensureNode, isAllBuilt } from "./ensure.mjs";
import { root } from "./run.mjs";

ensureNode();
process.chdir(root);
endWithNpm();
const dev = process.argv.includes("--dev");
Object.assign(process.env, { NODE_ENV: dev ? "development" : "production", NEXT_TELEMETRY_DISABLED: "1" });
if (dev) {
  await ensureDependencies({ dev: true });
  const { develop } = await import("./develop.mjs");
  await develop();
} else {
  await ensureDependencies({ dev: !isAllBuilt() });
  await ensureBuilt({ pages: true });
  await import(pathToFileURL("dist/server.js").href);
}

/** A process manager ends npm, and npm its shell, but the shell would not end this process. */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 500);
  watch.unref();
}
