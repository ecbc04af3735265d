/**
 * One process at a time has a folder. Node offers no file lock, so each taker makes the file with the next number,
 * which only one can make, and withdraws when it finds a later one, or an earlier one whose holder lives. Nobody ever
 * moves or removes what another may hold; the numbers only grow, as the last file stays, marked as given back.
 */
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { poll } from "./deadline";
import { type FolderIdentity, identifyFolder, isRecordOf } from "./folder-identity";
import { isSameProcess, startOfProcess } from "./process-identity";
import { giveToFolderOwner } from "./run-as";

/** A process, told by its beginning from a later one with the same pid. */
export interface Holder {
  pid: number;
  start: string;
  /** The folder that it has. */
  folder?: FolderIdentity;
}

export interface FolderLock {
  own: Holder;
  release(): Promise<void>;
}

const attemptsMax = 50;
/** Between making its file and filling it, a taker needs microseconds. */
const filledMs = 500;
/** Others have to be able to see that a process of root has the folder. */
const mode = 0o644;

/** The lock, or the living process that has it. */
export async function takeFolder(folder: string): Promise<FolderLock | Holder> {
  const start = (await startOfProcess(process.pid)) ?? "unknown";
  const own: Holder = { pid: process.pid, start, folder: await identifyFolder(folder) };
  for (let attempt = 1; ; attempt++) {
    const last = Math.max(0, ...(await numbersIn(folder)));
    const holder = await holderOf(folder, last);
    if (holder || attempt > attemptsMax) return holder ?? own;
    if (await take(folder, last, own)) return { own, release: () => release(folder, last + 1) };
  }
}

async function take(folder: string, last: number, own: Holder): Promise<boolean> {
  const file = join(folder, fileName(last + 1));
  try {
    await writeFile(file, JSON.stringify(own), { flag: "wx", mode });
    giveToFolderOwner(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  const numbers = await numbersIn(folder);
  if (numbers.some((number) => number > last + 1) || (await holderOf(folder, last))) {
    await rm(file, { force: true });
    return false;
  }
  for (const number of numbers) if (number <= last) await rm(join(folder, fileName(number)), { force: true });
  return true;
}

async function release(folder: string, number: number): Promise<void> {
  const draft = join(folder, `.draft-${process.pid}-lock`);
  await writeFile(draft, JSON.stringify({ pid: 0 }), { mode });
  giveToFolderOwner(draft);
  await rename(draft, join(folder, fileName(number)));
}

const fileName = (number: number) => `.lock-${number}`;

async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => /^\.lock-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}

/** Whether the process that wrote the record lives and has this folder, not one that this is a copy of. */
export async function holds(holder: Holder, folder: FolderIdentity): Promise<boolean> {
  return holder.pid > 0 && isRecordOf(folder, holder.folder) && (await isSameProcess(holder.pid, holder.start));
}

/** Undefined: nobody any more. A file that stays unfilled was cut short together with its maker. */
async function holderOf(folder: string, number: number): Promise<Holder | undefined> {
  if (number === 0) return undefined;
  const holder = await poll(() => readHolder(join(folder, fileName(number))), filledMs);
  return holder && (await holds(holder, await identifyFolder(folder))) ? holder : undefined;
}

/** Undefined while it is not whole; one that has been removed counts as given back. */
async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Holder;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? { pid: 0, start: "" } : undefined;
  }
}
