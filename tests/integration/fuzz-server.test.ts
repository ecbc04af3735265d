/** A short part of `npm run fuzz`, as a user would run it; docs/reliability.md tells of the long ones. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "@/tests/support/temp-folder";

test("thousands of random bad requests end no process, and get no 5xx but 503 and no refusal that is no problem", async () => {
  const json = join(await tempFolder(), "report.json");
  const args = ["scripts/fuzz.mjs", "--seed", "1", "--minutes", "0.2", "--json", json];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { timeout: 170_000 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  const { replies, violations } = JSON.parse(await readFile(json, "utf8").catch(() => "{}"));
  expect(violations, output).toEqual([]);
  expect(replies).toBeGreaterThan(2_000);
}, 180_000);
