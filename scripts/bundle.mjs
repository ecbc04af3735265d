/** How Rungs is built: the pages by Next into .next/, the server and the `rungs` command by esbuild into dist/. */
import { join } from "node:path";
import { fail, root, run } from "./run.mjs";

const next = join(root, "node_modules", "next", "dist", "bin", "next");

/** Everything that runs outside Next. Packages stay outside the bundle, in node_modules. */
export const bundleOptions = {
  absWorkingDir: root,
  entryPoints: { server: "server.ts", rungs: "cli/main.ts" },
  outdir: "dist",
  bundle: true,
  platform: /** @type {const} */ ("node"),
  format: /** @type {const} */ ("esm"),
  target: "node20",
  packages: /** @type {const} */ ("external"),
  jsx: /** @type {const} */ ("automatic"),
  sourcemap: true,
  logLevel: /** @type {const} */ ("warning"),
};

export async function buildBundle() {
  const esbuild = await import("esbuild");
  await esbuild.build(bundleOptions).catch(() => fail("The server could not be built; the reasons are above."));
  // Its helper process would otherwise live as long as the server that is started next.
  await esbuild.stop();
}

export async function buildPages() {
  const env = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const code = await run(process.execPath, [next, "build"], { env, quiet: true });
  if (code !== 0) fail("The pages could not be built; the reasons are above.");
}
