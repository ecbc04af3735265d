/** How Rungs is built: the pages by Next into .next/, the server and the `rungs` command by esbuild into dist/. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
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
  await compressAssets(join(root, ".next", "static"));
}

/**
 * Puts what browsers load of the pages beside itself in smaller, as small as it gets: this is done once, and sent often.
 * @param {string} folder
 */
async function compressAssets(folder) {
  const files = await readdir(folder, { recursive: true });
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const file of files.filter((name) => /\.(js|css)$/.test(name))) {
    const path = join(folder, file);
    const content = await readFile(path);
    await writeFile(`${path}.br`, await promisify(brotliCompress)(content, brotli));
    await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }));
  }
}
