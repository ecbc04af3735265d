import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Snapshot } from "@/lib/domain/snapshot";
import { poll } from "@/lib/embedded/deadline";
import { contestScores } from "@/tests/support/contest";
import { type RungsServer, startRungs } from "@/tests/support/server";
import { tempFolder } from "@/tests/support/temp-folder";

async function startDemo(dataDir: string): Promise<RungsServer> {
  const server = await startRungs({ dataDir, embedded: true, args: ["--demo"] });
  onTestFinished(async () => {
    await server.stop();
  });
  const [, link] = await server.prints(/^Demo: .* at (\S+)$/m);
  expect(link).toBe(`${server.url}/boards/icpc`);
  return server;
}

async function players(server: RungsServer): Promise<number> {
  const response = await fetch(`${server.url}/api/v1/boards/icpc`);
  return response.ok ? ((await response.json()) as Snapshot).total : 0;
}

const hasPlayers = (server: RungsServer, least: number) =>
  poll(async () => ((await players(server)) >= least ? true : undefined), 60_000, 100);

test("the demo shows rows within a minute, goes on after a restart, and begins again once it ran to its end", async () => {
  const dataDir = `${await tempFolder(0o711)}/data`;
  const first = await startDemo(dataDir);
  expect(await hasPlayers(first, 20)).toBe(true);
  await first.prints(/of 5:00:00 \| .* submissions \| .* scores posted/);
  await first.stop();
  expect(first.output()).toContain("Demo: paused");

  const second = await startDemo(dataDir);
  await second.prints(/Going on from 0:0\d:\d\d of the contest/);
  expect(await players(second)).toBeGreaterThanOrEqual(20);
  await second.stop();

  const [name = ""] = await readdir(join(dataDir, "replay"));
  const state = JSON.parse(await readFile(join(dataDir, "replay", name), "utf8"));
  await writeFile(join(dataDir, "replay", name), JSON.stringify({ ...state, next: contestScores, sendingTo: null }));
  const third = await startDemo(dataDir);
  await third.prints(/The last demo ran to its end: clearing its board and beginning again/);
  await third.prints(/Created board "icpc"/);
  expect(await hasPlayers(third, 1)).toBe(true);
}, 240_000);
