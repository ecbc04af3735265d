/**
 * Postgres refuses to run as root. Started by root, it runs as a user that already exists: plainly where that user
 * can enter the folders, else (Linux) with the one capability that lets it pass folders only root can enter.
 */
import { execFile } from "node:child_process";
import { chownSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { storeEnvironment } from "@/lib/env";
import { StartError } from "./start-error";

const run = promisify(execFile);

export interface User {
  name: string;
  uid: number;
  gid: number;
}

/** How to start a program: its command line is prefixed, its user is set by spawn. */
export interface RunAs {
  /** Undefined: as whoever runs Rungs. */
  user: User | undefined;
  prefix: string[];
  spawn: { uid?: number; gid?: number };
}

export const asOurselves: RunAs = { user: undefined, prefix: [], spawn: {} };

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** What root writes into somebody's folder belongs to that somebody, who may start Rungs next. */
export function giveToFolderOwner(path: string): void {
  if (!isRoot()) return;
  const { uid, gid } = statSync(dirname(path));
  chownSync(path, uid, gid);
}

/** The way in which `binary` runs unprivileged with `folder` as its data; `folder` keeps the owner it has unless that is root. */
export async function findRunAs(binary: string, folder: string): Promise<RunAs> {
  if (!isRoot()) return asOurselves;
  const user = await unprivilegedUser(folder);
  if (!user) throw new StartError(`Postgres does not run as root, and there is no other user here. ${wayOut}`);
  const plain: RunAs = { user, prefix: [], spawn: { uid: user.uid, gid: user.gid } };
  const capable: RunAs = { user, prefix: passingFolders(user), spawn: {} };
  if (await runs(plain, binary, folder)) return plain;
  if (process.platform === "linux" && (await runs(capable, binary, folder))) return capable;
  throw new StartError(
    `Postgres does not run as root, and as user "${user.name}" it cannot run ${binary} in ${folder}. ${wayOut}`,
  );
}

/** The owner of an existing data folder, else the users made for such things. None is ever created. */
export async function unprivilegedUser(folder?: string): Promise<User | undefined> {
  const owner = folder ? await stat(folder).catch(() => undefined) : undefined;
  if (owner && owner.uid !== 0) return { name: `#${owner.uid}`, uid: owner.uid, gid: owner.gid };
  for (const name of ["postgres", "nobody"]) {
    const ids = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]).catch(() => undefined);
    if (ids) return { name, uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  return undefined;
}

const wayOut =
  "Set DATABASE_URL, or start Rungs as an ordinary user, or keep it and DATA_DIR in folders that others can enter.";

// `access(2)`, by which Postgres checks its own program, ignores capabilities of a non-root user without that secure bit.
function passingFolders(user: User): string[] {
  return [
    "setpriv",
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup",
    "--",
  ];
}

/** Tried out rather than worked out: modes, access lists, mounts and sandboxes all have a say. */
async function runs(as: RunAs, binary: string, folder: string): Promise<boolean> {
  const [command = "sh", ...args] = [...as.prefix, "sh", "-c", 'cd "$1" && exec "$2" --version', "sh", folder, binary];
  return run(command, args, { ...as.spawn, env: storeEnvironment(), cwd: "/" }).then(
    () => true,
    () => false,
  );
}
