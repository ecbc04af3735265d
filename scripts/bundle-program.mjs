/** Programs of the tests in TypeScript, made into what plain Node can run. */
import { build } from "esbuild";
import { root } from "./run.mjs";

/**
 * @param {string[] | Record<string, string>} entryPoints sources, or sources by the name of what is made of them
 * @param {{ outfile: string } | { outdir: string, outExtension?: Record<string, string> }} out
 */
export async function bundlePrograms(entryPoints, out) {
  await build({
    absWorkingDir: root,
    entryPoints,
    ...out,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
}
