/** Bundles the instance; for a mutant, with one safeguard taken out of the source on the way. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Mutant, Patch } from "./mutants";

export async function buildInstance(mutant: Mutant | null): Promise<string> {
  const outfile = join(
    "node_modules",
    ".cache",
    "rungs",
    `instance-${mutant?.name.replaceAll(" ", "-") ?? "whole"}.mjs`,
  );
  const patches = mutant?.patches ?? [];
  const patched = new Set<string>();
  await build({
    entryPoints: ["tests/faults/instance.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: true,
    logLevel: "warning",
    plugins: patches.map((one) => patch(one, patched)),
  });
  for (const { file } of patches) {
    if (!patched.has(file)) throw new Error(`${file} is no part of an instance any more`);
  }
  return resolve(outfile);
}

/** Fails unless the piece is there exactly once: a mutant that changes nothing would prove nothing. */
function patch({ file, find, replace }: Patch, patched: Set<string>): Plugin {
  return {
    name: "take out a safeguard",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== resolve(file)) return undefined;
        const source = await readFile(path, "utf8");
        const found = source.split(find).length - 1;
        if (found !== 1) throw new Error(`${file} has ${found} times, not once: ${find}`);
        patched.add(file);
        return { contents: source.replace(find, () => replace), loader: "ts" };
      });
    },
  };
}
