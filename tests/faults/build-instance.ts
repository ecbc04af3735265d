/** Bundles the instance; for a mutant, with one safeguard taken out of the source on the way. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Mutant } from "./mutants";

export async function buildInstance(mutant: Mutant | null): Promise<string> {
  const outfile = join(
    "node_modules",
    ".cache",
    "rungs",
    `instance-${mutant?.name.replaceAll(" ", "-") ?? "whole"}.mjs`,
  );
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
    plugins: mutant?.patch ? [patch(mutant.patch, patched)] : [],
  });
  if (mutant?.patch && patched.size === 0) throw new Error(`${mutant.patch.file} is no part of an instance any more`);
  return resolve(outfile);
}

/** Fails unless the piece is there exactly once: a mutant that changes nothing would prove nothing. */
function patch({ file, find, replace }: NonNullable<Mutant["patch"]>, patched: Set<string>): Plugin {
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
