/** Tells a data folder from a copy of it, to which its records were copied along. */
import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";

export interface FolderIdentity {
  path: string;
  device: string;
  inode: string;
}

export async function identifyFolder(folder: string): Promise<FolderIdentity> {
  const [path, { dev, ino }] = await Promise.all([realpath(folder), stat(folder, { bigint: true })]);
  return { path, device: String(dev), inode: String(ino) };
}

/**
 * Whether a record was written in this folder. A folder that was moved keeps its inode, and one that a file system numbers
 * anew keeps its path, so only a difference in both means a copy. Records of earlier releases have no folder and count.
 */
export function isRecordOf(folder: FolderIdentity, recorded: FolderIdentity | undefined): boolean {
  if (!recorded || recorded.path === folder.path) return true;
  return recorded.device === folder.device && recorded.inode === folder.inode;
}

/** Whether the paths lead to one folder; false when one leads nowhere. */
export async function isSameFolder(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

/** Of the process on Linux, as far as it may be looked up. */
export function workingFolderOf(pid: number): string {
  return join("/proc", String(pid), "cwd");
}
