/** Serves with hot reload: Next renews the pages by itself; the server starts again when its own sources change. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { context } from "esbuild";
import { bundleOptions } from "./bundle.mjs";
import { say } from "./run.mjs";

const outdir = "dist/dev";

export async function develop() {
  const server = restartable();
  const plugin = {
    name: "restart",
    /** @param {import("esbuild").PluginBuild} build */
    setup: (build) => build.onEnd(({ errors }) => (errors.length === 0 ? server.restart() : undefined)),
  };
  const bundle = await context({ ...bundleOptions, outdir, plugins: [plugin] });
  await bundle.watch();
  const code = await server.ended;
  await bundle.dispose();
  process.exit(code);
}

function restartable() {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  /** @type {(code: number) => void} */
  let end = () => undefined;
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  let stopping = false;
  // Ctrl-C reaches the server by itself; what a process manager sends to this process is passed on.
  process.on("SIGINT", () => {
    stopping = true;
  });
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      stopping = true;
      child?.kill(signal);
    });
  }
  const restart = async () => {
    if (stopping) return;
    const old = child;
    if (old && old.exitCode === null) {
      say("Sources changed, starting the server again ...");
      child = undefined;
      old.kill("SIGTERM");
      await once(old, "exit");
    }
    const fresh = spawn(process.execPath, ["--enable-source-maps", `${outdir}/server.js`, ...process.argv.slice(2)], {
      stdio: "inherit",
    });
    child = fresh;
    fresh.once("exit", (code) => {
      if (child === fresh) end(code ?? 1);
    });
  };
  return { restart, ended };
}
