import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Entry {
  version: string;
  resolved?: string;
  integrity?: string;
  inBundle?: boolean;
  dev?: boolean;
  devOptional?: boolean;
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Entry> };
const installed = Object.entries(packages).filter(([path]) => path !== "");

/** The entry that `name` leads to from the package at `path`, as Node looks for it. */
function find(path: string, name: string): Entry | undefined {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf("/node_modules/"))) {
    const found = packages[`${folder}/node_modules/${name}`];
    if (found || !folder.includes("/node_modules/")) return found ?? packages[`node_modules/${name}`];
  }
}

test("every package of the lock file has an integrity, and none names a host", () => {
  const without = installed.filter(([, { integrity, inBundle }]) => !integrity && !inBundle);
  expect(without.map(([path]) => path)).toEqual([]);
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test("the lock file has the packages of every platform", () => {
  const missing = installed.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => find(path, name) === undefined)
      .map((name) => `${name} of ${path}`),
  );
  expect(missing).toEqual([]);
  for (const platform of ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win32-x64"]) {
    expect(Object.keys(packages)).toContain(`node_modules/@esbuild/${platform}`);
  }
});

test("tools that only build and test need are left out by `--omit=dev`", () => {
  const tools = ["esbuild", "typescript", "vitest", "drizzle-kit", "tailwindcss", "@tailwindcss/postcss", "playwright"];
  const kept = tools.filter((name) => packages[`node_modules/${name}`]?.dev !== true);
  expect(kept).toEqual([]);
  expect(installed.filter(([, { devOptional }]) => devOptional).map(([path]) => path)).toEqual([
    "node_modules/detect-libc",
  ]);
});
