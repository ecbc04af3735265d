import { cp, mkdir, readdir, realpath, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findRunning, isFolderTaken, openDataFolder } from "@/lib/embedded/data-folder";
import { isSameProcess, startOfProcess } from "@/lib/embedded/process-identity";
import { keepSecrets } from "@/lib/embedded/secrets";
import { tempFolder } from "@/tests/support/temp-folder";

const own = async () => ({ pid: process.pid, start: (await startOfProcess(process.pid)) ?? "" });

test("a folder is made with its parents, and belongs to one holder at a time", async () => {
  const path = join(await tempFolder(), "a", "b");
  const folder = await openDataFolder(path);
  await expect(openDataFolder(path)).rejects.toMatchObject({
    name: "StartError",
    message: expect.stringContaining(`(process ${process.pid})`),
  });
  await folder.release();
  await (await openDataFolder(path)).release();
});

test("of many that start at once, exactly one gets a folder whose holder is gone", async () => {
  const path = await tempFolder();
  await writeFile(join(path, ".lock-7"), JSON.stringify({ pid: process.pid, start: "before this process began" }));
  const tries = await Promise.allSettled(Array.from({ length: 16 }, () => openDataFolder(path)));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await readdir(path)).filter((name) => name.startsWith(".lock"))).toHaveLength(1);
});

test("a lock whose pid has been given to a later process counts for nothing, nor does one that was cut short", async () => {
  for (const left of [JSON.stringify({ pid: process.pid, start: "another time" }), '{"pid":', ""]) {
    const path = await tempFolder();
    await writeFile(join(path, ".lock-1"), left);
    await (await openDataFolder(path)).release();
  }
});

test("what a killed holder left is handed to the next, and a running one is found with its addresses", async () => {
  const path = await tempFolder();
  await writeFile(join(path, "runtime.json"), JSON.stringify({ pid: 1, redisUrl: "redis://left", redisIsOurs: true }));
  expect(await findRunning(path)).toBeUndefined();
  const folder = await openDataFolder(path);
  expect(folder.left).toEqual({ pid: 1, redisUrl: "redis://left", redisIsOurs: true });
  expect(await findRunning(path)).toBeUndefined();
  await folder.writeRuntime({ url: "http://localhost:1" });
  expect(await findRunning(path)).toMatchObject({ pid: process.pid, url: "http://localhost:1" });
  await folder.release();
  expect(await findRunning(path)).toBeUndefined();
});

test("a copy of a folder in use is free, finds no running Rungs, and says what it is a copy of; a moved one is in use", async () => {
  const parent = await tempFolder();
  const [path, copy, moved] = ["original", "copy", "moved"].map((name) => join(parent, name)) as [
    string,
    string,
    string,
  ];
  const original = await openDataFolder(path);
  await original.writeRuntime({ url: "http://localhost:1", redisUrl: "redis://original", redisIsOurs: true });
  await cp(path, copy, { recursive: true });
  expect(await findRunning(copy)).toBeUndefined();
  expect(await isFolderTaken(copy)).toBe(false);
  const opened = await openDataFolder(copy);
  expect(opened).toMatchObject({ left: undefined, copiedFrom: await realpath(path) });
  await opened.release();
  await rename(path, moved);
  await expect(openDataFolder(moved)).rejects.toMatchObject({ name: "StartError" });
  expect(await findRunning(moved)).toMatchObject({ pid: process.pid });
});

test("a folder where the lock cannot be written is refused with what to do", async () => {
  const path = await tempFolder();
  await mkdir(join(path, "file"));
  await writeFile(join(path, "file", "plain"), "");
  await expect(openDataFolder(join(path, "file", "plain", "data"))).rejects.toMatchObject({
    name: "StartError",
    message: expect.stringMatching(/^Cannot write to the data folder .* \(ENOTDIR\): set DATA_DIR/),
  });
});

test("secrets are made once, and only their user can read them", async () => {
  const path = await tempFolder();
  const secrets = await keepSecrets(path);
  expect(await keepSecrets(path)).toEqual(secrets);
  expect(secrets.authSecret.length).toBeGreaterThanOrEqual(32);
  expect((await stat(join(path, "secrets.json"))).mode & 0o777).toBe(0o600);
  expect((await keepSecrets(await tempFolder())).authSecret).not.toBe(secrets.authSecret);
});

test("a process is told from another with the same pid by when it began", async () => {
  const { pid, start } = await own();
  expect(await isSameProcess(pid, start)).toBe(true);
  expect(await isSameProcess(pid, `${start}0`)).toBe(false);
  expect(await startOfProcess(2 ** 22 + 1)).toBeUndefined();
});
