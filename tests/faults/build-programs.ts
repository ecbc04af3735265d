/** Bundles what a run starts in processes of its own; for a mutant, with one safeguard taken out of the source on the way. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Mutant, Patch } from "./mutant";

/** Paths of the bundles. */
export interface Programs {
  instance: string;
  pages: string;
}

const entryPoints = { instance: "tests/faults/instance.ts", pages: "tests/faults/pages-program.ts" };

export async function buildPrograms(mutant: Mutant | null): Promise<Programs> {
  const patches = mutant?.patches ?? [];
  const patched = new Set<string>();
  const outdir = join("node_modules", ".cache", "rungs", "faults", mutant?.name.replaceAll(" ", "-") ?? "whole");
  await build({
    entryPoints,
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: true,
    logLevel: "warning",
    plugins: [takeOut(patches, patched)],
  });
  for (const { file } of patches) {
    if (!patched.has(file)) throw new Error(`${file} is no part of an instance or a page any more`);
  }
  return { instance: resolve(outdir, "instance.mjs"), pages: resolve(outdir, "pages.mjs") };
}

/** Fails unless the piece is there exactly once: a mutant that changes nothing would prove nothing. */
function takeOut(patches: readonly Patch[], patched: Set<string>): Plugin {
  return {
    name: "take out a safeguard",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const here = patches.filter(({ file }) => path === resolve(file));
        if (here.length === 0) return undefined;
        let contents = await readFile(path, "utf8");
        for (const { file, find, replace } of here) {
          const found = contents.split(find).length - 1;
          if (found !== 1) throw new Error(`${file} has ${found} times, not once: ${find}`);
          contents = contents.replace(find, () => replace);
          patched.add(file);
        }
        return { contents, loader: "ts" };
      });
    },
  };
}
