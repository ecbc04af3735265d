/** A short part of `npm run endure`, as a user would run it; docs/reliability.md tells of the long one. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tempFolder } from "@/tests/support/temp-folder";

it("a stage page stays right through a replay and a server that is killed and started again", async () => {
  const json = join(await tempFolder(), "report.json");
  const args = ["scripts/endure.mjs", "--minutes", "0.2", "--restarts", "KILL", "--json", json];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { timeout: 170_000 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  const report = JSON.parse(await readFile(json, "utf8").catch(() => "{}"));
  expect(report.problems, output).toEqual([]);
  expect(report.restarts).toEqual([{ signal: "KILL", liveAgainMs: expect.any(Number) }]);
  expect(report.rows).toEqual({ shown: 100, board: 2_353 });
  // How many there is time for is the machine's affair; two can be compared.
  expect(report.samples.length).toBeGreaterThanOrEqual(2);
}, 180_000);
