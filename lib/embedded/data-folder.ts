/**
 * The folder that holds everything an installation keeps: embedded stores, secrets, and two small files for others:
 * `lock` says which process uses the folder, `runtime.json` how to reach it and its stores.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { poll } from "./deadline";
import { isSameProcess, startOfProcess } from "./process-identity";
import { isRoot } from "./run-as";
import { StartError } from "./start-error";

/** How to reach a running Rungs; readable by its user only. */
export interface Runtime {
  pid: number;
  /** Undefined until it listens. */
  url?: string;
  databaseUrl?: string;
  /** Undefined: Redis is reached over REST, or ranks are kept in the process. */
  redisUrl?: string;
  /** Whether that Redis is a private one, to be ended with its Rungs. */
  redisIsOurs?: boolean;
}

export interface DataFolder {
  path: string;
  /** What the last user of the folder left behind when it was killed. */
  left: Runtime | undefined;
  writeRuntime(runtime: Omit<Runtime, "pid">): Promise<void>;
  /** Gives the folder back, once nothing runs in it any more. */
  release(): Promise<void>;
}

/** Takes the folder for this process, or refuses, naming who has it. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  try {
    // Others may pass through but not look around: Postgres run as another user has to reach its folder.
    await mkdir(path, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
    await takeLock(path);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw new StartError(
      `Cannot write to the data folder ${path} (${code}): set DATA_DIR to a folder you may write to.`,
    );
  }
  return {
    path,
    left: await readFileOf<Runtime>(path, "runtime.json"),
    writeRuntime: (runtime) => writeFileOf(path, "runtime.json", { pid: process.pid, ...runtime }),
    release: async () => {
      await rm(join(path, "runtime.json"), { force: true });
      await rm(join(path, "lock"), { force: true });
    },
  };
}

/** The Rungs that now runs on the folder, if one does. */
export async function findRunning(path: string): Promise<Runtime | undefined> {
  const holder = await readFileOf<Holder>(path, "lock");
  const runtime = await readFileOf<Runtime>(path, "runtime.json");
  if (!holder || runtime?.pid !== holder.pid) return undefined;
  return (await isSameProcess(holder.pid, holder.start)) ? runtime : undefined;
}

/** Written to a draft first: whoever reads the file finds all of it. */
export async function writeFileOf(folder: string, name: string, content: object): Promise<void> {
  const draft = join(folder, `.${name}-${process.pid}`);
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, join(folder, name));
}

export async function readFileOf<T extends object>(folder: string, name: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, name), "utf8")) as T;
  } catch {
    return undefined;
  }
}

interface Holder {
  pid: number;
  start: string;
}

const lockAttempts = 5;
/** Between making the lock and filling it, its holder needs microseconds. */
const lockFilledMs = 500;

async function takeLock(folder: string): Promise<void> {
  const lock = join(folder, "lock");
  const own: Holder = { pid: process.pid, start: (await startOfProcess(process.pid)) ?? "unknown" };
  for (let attempt = 1; attempt <= lockAttempts; attempt++) {
    try {
      await writeFile(lock, JSON.stringify(own), { flag: "wx", mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = await poll(() => readFileOf<Holder>(folder, "lock"), lockFilledMs);
    if (holder && (await isSameProcess(holder.pid, holder.start))) throw await inUse(folder, holder.pid);
    await removeStale(folder, holder);
  }
  throw new StartError(`Others are starting on the data folder ${folder} at this moment: try again.`);
}

/** Of several starters that find the lock stale, one moves it away; what is another's by then is given back. */
async function removeStale(folder: string, stale: Holder | undefined): Promise<void> {
  const aside = `lock.stale-${process.pid}`;
  try {
    await rename(join(folder, "lock"), join(folder, aside));
  } catch {
    return;
  }
  const moved = await readFileOf<Holder>(folder, aside);
  if (moved && JSON.stringify(moved) !== JSON.stringify(stale)) await rename(join(folder, aside), join(folder, "lock"));
  else await rm(join(folder, aside));
}

async function inUse(folder: string, pid: number): Promise<StartError> {
  const runtime = await readFileOf<Runtime>(folder, "runtime.json");
  const where = runtime?.pid === pid && runtime.url ? ` at ${runtime.url}` : "";
  return new StartError(
    `Rungs already runs on the data folder ${folder} (process ${pid}${where}): stop it first, or set DATA_DIR and PORT to start another.`,
  );
}
