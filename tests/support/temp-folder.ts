import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";

/** A folder for one test, gone when the test is over. */
export async function tempFolder(mode = 0o755): Promise<string> {
  const folder = await newFolder();
  await chmod(folder, mode);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that its maker deletes; if it cannot any more, it goes with the stores of the test run. */
export function newFolder(): Promise<string> {
  return mkdtemp(join(inject("stores")?.folder ?? tmpdir(), "rungs-test-"));
}
