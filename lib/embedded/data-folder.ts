/**
 * The folder that holds everything an installation keeps: embedded stores, secrets, and two small files for others:
 * `lock` says which process has the folder, `runtime.json` how to reach it and its stores.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FolderIdentity, identifyFolder, isRecordOf } from "./folder-identity";
import { type FolderLock, type Holder, holds, takeFolder } from "./folder-lock";
import { giveToFolderOwner, isRoot } from "./run-as";
import { StartError } from "./start-error";

/** How to reach a running Rungs; readable by its user only. */
export interface Runtime {
  pid: number;
  /** Undefined until it listens. */
  url?: string;
  databaseUrl?: string;
  /** Undefined: Redis is reached over REST, or ranks are kept in the process. */
  redisUrl?: string;
  /** Certificates in PEM. */
  redisCa?: string;
  /** Whether that Redis is a private one, to be ended with its Rungs. */
  redisIsOurs?: boolean;
  /** The folder that it runs on. */
  folder?: FolderIdentity;
}

export interface DataFolder {
  path: string;
  /** What the last user of the folder left behind when it was killed. */
  left: Runtime | undefined;
  /** The folder that this is a copy of, made while a Rungs ran there or after it was killed. */
  copiedFrom: string | undefined;
  writeRuntime(runtime: Omit<Runtime, "pid" | "folder">): Promise<void>;
  /** Gives the folder back, once nothing runs in it any more. */
  release(): Promise<void>;
}

/** Takes the folder for this process, or refuses, naming who has it. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const lock = await lockFolder(path);
  if (!("release" in lock)) throw await inUse(path, lock.pid);
  await writeFileOf(path, "lock", lock.own);
  const folder = await identifyFolder(path);
  const runtime = await readFileOf<Runtime>(path, "runtime.json");
  const isOurs = isRecordOf(folder, runtime?.folder);
  return {
    path,
    left: isOurs ? runtime : undefined,
    copiedFrom: isOurs ? undefined : runtime?.folder?.path,
    writeRuntime: (now) => writeFileOf(path, "runtime.json", { pid: process.pid, folder, ...now }),
    release: async () => {
      await removeFileOf(path, "runtime.json");
      await removeFileOf(path, "lock");
      await lock.release();
    },
  };
}

function removeFileOf(folder: string, name: string): Promise<void> {
  return rm(join(folder, name), { force: true });
}

async function lockFolder(path: string): Promise<FolderLock | Holder> {
  try {
    // Others may pass through but not look around: Postgres run as another user has to reach its folder.
    await mkdir(path, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
    return await takeFolder(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new StartError(
      `Cannot write to the data folder ${path} (${code}): set DATA_DIR to a folder you may write to.`,
    );
  }
}

/** The Rungs that now runs on the folder, if one does. */
export async function findRunning(path: string): Promise<Runtime | undefined> {
  const holder = await findHolder(path);
  const runtime = await readFileOf<Runtime>(path, "runtime.json");
  return holder && runtime?.pid === holder.pid ? runtime : undefined;
}

/** Whether a process has the folder: a server, one that is starting, or a command. */
export async function isFolderTaken(path: string): Promise<boolean> {
  return (await findHolder(path)) !== undefined;
}

async function findHolder(path: string): Promise<Holder | undefined> {
  const holder = await readFileOf<Holder>(path, "lock");
  return holder && (await holds(holder, await identifyFolder(path))) ? holder : undefined;
}

/** Written to a draft first: whoever reads the file finds all of it. */
export async function writeFileOf(folder: string, name: string, content: object): Promise<void> {
  const draft = join(folder, `.draft-${process.pid}-${name}`);
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  giveToFolderOwner(draft);
  await rename(draft, join(folder, name));
}

export async function readFileOf<T extends object>(folder: string, name: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, name), "utf8")) as T;
  } catch {
    return undefined;
  }
}

async function inUse(folder: string, pid: number): Promise<StartError> {
  const runtime = await readFileOf<Runtime>(folder, "runtime.json");
  const where = runtime?.pid === pid && runtime.url ? ` at ${runtime.url}` : "";
  return new StartError(
    `Rungs already runs on the data folder ${folder} (process ${pid}${where}): stop it first, or set DATA_DIR and PORT to start another.`,
  );
}
