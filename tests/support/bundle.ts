import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { bundlePrograms } from "@/scripts/bundle-program.mjs";

/** Makes a program that plain Node can run from a TypeScript file of the tests. */
export async function bundleProgram(entry: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = resolve(`node_modules/.cache/rungs/${randomBytes(6).toString("hex")}.mjs`);
  // Absolute, since the bundler itself may be part of a bundle that is elsewhere.
  await bundlePrograms([resolve(entry)], { outfile: path });
  return { path, remove: () => rm(path, { force: true }) };
}
