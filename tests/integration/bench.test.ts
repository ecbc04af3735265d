/** Every part of `npm run bench`, as a user would run it, but few, small and short; docs/performance.md has the figures. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { BenchTable } from "@/tests/bench/part";
import { tempFolder } from "@/tests/support/temp-folder";

test("every part of the benchmark runs, gives finite samples for all that is there, and leaves nothing behind", async () => {
  const folder = await tempFolder();
  const json = join(folder, "results.json");
  // Whatever it makes lies in a folder of its own.
  const env = { ...process.env, NODE_ENV: "production" as const, TMPDIR: folder };
  const output = await new Promise<string>((resolve) => {
    const args = ["scripts/bench.mjs", "--smoke", "--json", json];
    execFile(process.execPath, args, { timeout: 420_000, env }, (error, stdout, stderr) => {
      resolve(`${error ?? ""}\n${stdout}${stderr}`);
    });
  });
  const { parts } = JSON.parse(await readFile(json, "utf8").catch(() => '{"parts":[]}'));
  // The part `builds` runs only when it is named: it compares two checkouts.
  const files = (await readdir("tests/bench/parts")).filter((file) => file !== "builds.ts");
  const names = parts.map(({ name }: { name: string }) => name);
  expect(names.toSorted(), output).toEqual(files.map((file) => file.replace(".ts", "")).toSorted());
  for (const { title, rows, notes } of parts.flatMap(({ tables }: { tables: BenchTable[] }) => tables)) {
    expect(notes, title).toBeInstanceOf(Array);
    for (const { name, samples, absent } of rows) {
      expect(samples.length > 0 || absent, `${title}: ${name}`).toBeTruthy();
      for (const sample of samples) expect(Number.isFinite(sample), `${title}: ${name} has ${sample}`).toBe(true);
    }
  }
  expect(await readdir(folder)).toEqual(["results.json"]);
  expect(await programsOf(folder)).toEqual([]);
}, 440_000);

/** Command lines of what still runs in that folder, where the system tells. */
async function programsOf(folder: string): Promise<string[]> {
  const pids = await readdir("/proc").catch(() => []);
  const lines = await Promise.all(pids.map((pid) => readFile(join("/proc", pid, "cmdline"), "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(folder));
}
