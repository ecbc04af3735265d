import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { undoneAfterAll } from "./processes";

export interface Folder {
  path: string;
  remove(): Promise<void>;
}

/** A temporary folder, gone at the latest when the benchmark is. Other users may pass through it, as Postgres has to. */
export async function newFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "rungs-bench-"));
  await chmod(path, 0o711);
  const options = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };
  return { path, remove: undoneAfterAll(() => rm(path, options)) };
}
