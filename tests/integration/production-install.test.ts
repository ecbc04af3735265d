/** What the image does first: an install of the lock file without tools, by the npm of Node 22; and by those of Node 20 and 24. */
import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { startRungs } from "@/tests/support/server";
import { tempFolder } from "@/tests/support/temp-folder";

const run = promisify(execFile);
const npm = "npm@10.9.9";
const leftOut = ["node_modules", ".git", join(".next", "cache"), ".data", "tests", "docs", "demo"];
const files = ["package.json", "package-lock.json", ".npmrc", "scripts/patch-postgres.mjs", "scripts/run.mjs"];

/** Without what the npm that runs this test hands on, such as the folder it works in. */
const env = { ...process.env };
for (const name of Object.keys(env)) {
  if (name.startsWith("npm_") && name !== "npm_config_registry") delete env[name];
}

test("npm 10 installs what a built checkout needs to start, and no tools", { timeout: 300_000 }, async () => {
  const folder = await tempFolder();
  await cp(".", folder, { recursive: true, filter: (path) => !leftOut.includes(path) });
  await run("npx", ["--yes", npm, "ci", "--omit=dev"], { cwd: folder, env });
  expect(await readFile(join(folder, "package-lock.json"), "utf8")).toBe(await readFile("package-lock.json", "utf8"));

  const packages = await externalPackages("dist/server.js", "dist/rungs.js");
  expect(packages).toContain("next");
  const program = `for (const name of ${JSON.stringify(packages)}) await import(name); process.exit(0);`;
  await run(process.execPath, ["--input-type=module", "-e", program], { cwd: folder, env });
  for (const tool of ["esbuild", "typescript", "vitest", "drizzle-kit", "tailwindcss"]) {
    await expect(readFile(join(folder, "node_modules", tool, "package.json"))).rejects.toMatchObject({
      code: "ENOENT",
    });
  }
  // Everything is there: `npm start` installs and builds nothing.
  const server = await startRungs({ cwd: folder });
  expect(await server.stop()).toBe(0);
  expect(server.output()).not.toMatch(/Installing|Building/);
});

test.each(["npm@10.8.2", "npm@11.6.0"])(
  "%s takes the lock file as it is",
  async (one) => {
    const folder = await tempFolder();
    for (const file of files) await cp(file, join(folder, file));
    const args = ["--yes", one, "ci", "--omit=dev", "--dry-run", "--ignore-scripts"];
    await run("npx", args, { cwd: folder, env });
    expect(await readFile(join(folder, "package-lock.json"), "utf8")).toBe(await readFile("package-lock.json", "utf8"));
  },
  120_000,
);

async function externalPackages(...entryPoints: string[]): Promise<string[]> {
  const options = { bundle: true, platform: "node", format: "esm", packages: "external" } as const;
  const { metafile } = await build({ ...options, entryPoints, outdir: "none", write: false, metafile: true });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const names = imports.filter(({ external }) => external).map(({ path }) => path);
  return [...new Set(names)].filter((name) => !name.startsWith("node:"));
}
