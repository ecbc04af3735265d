/** A short part of `npm run faults`, as a user would run it; docs/reliability.md tells of the long one. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "@/tests/support/temp-folder";

const faults = ["relay killed", "flushall", "answers lost"];

test("three instances under load keep every promise through a killed relay, an emptied Redis and lost answers", async () => {
  const json = join(await tempFolder(), "report.json");
  const args = ["scripts/faults.mjs", "--seed", "1", "--seconds", "2", "--only", faults.join(","), "--json", json];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { timeout: 230_000 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  const { runs } = JSON.parse(await readFile(json, "utf8").catch(() => '{"runs":[]}'));
  const outcomes = runs.map(({ fault, violations }: { fault: string; violations: unknown[] }) => [fault, violations]);
  expect(new Map(outcomes), output).toEqual(new Map(faults.map((fault) => [fault, []])));
  for (const { posts } of runs) expect(posts).toBeGreaterThan(20);
}, 240_000);
