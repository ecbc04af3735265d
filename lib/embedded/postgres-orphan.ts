/**
 * Ends the Postgres that a killed Rungs left running on a data folder. A pid alone proves nothing, it may have been
 * given to somebody else since: the server itself is asked, with our password, which folder it serves. Nor does the
 * record: it may have been copied along with the folder, while the original's Postgres runs.
 */
import { readFile, readlink, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { poll } from "./deadline";
import { isSameFolder, workingFolderOf } from "./folder-identity";
import { answerOf, inMaintenanceSession } from "./postgres-session";
import { StartError } from "./start-error";

const recoveryMs = 60_000;
const stopMs = 10_000;

export async function endOrphanedPostgres(cluster: string, password: string): Promise<void> {
  const left = await readPidFile(cluster);
  if (!left) return;
  if (await wasCopied(cluster, left)) return rm(recordOf(cluster), { force: true });
  const answer = await poll(async () => {
    const state = await answerOf(left.port, password);
    return state === "recovering" ? undefined : state;
  }, recoveryMs);
  if (answer === "ready" && (await servesFolder(left, password, cluster))) await end(cluster, left);
  else await settle(cluster, left);
}

interface PidFile {
  pid: number;
  folder: string;
  port: number;
}

const recordOf = (cluster: string) => join(cluster, "postmaster.pid");

/**
 * Whether the record tells of a server on another folder. A running one can be seen in its folder on Linux; elsewhere the
 * record's own path counts, unless it leads nowhere, as after the folder was moved.
 */
async function wasCopied(cluster: string, { pid, folder }: PidFile): Promise<boolean> {
  if (await isSameFolder(workingFolderOf(pid), cluster)) return false;
  return (await exists(folder)) && !(await isSameFolder(folder, cluster));
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** First line the pid, second the folder, fourth the port: https://www.postgresql.org/docs/18/storage-file-layout.html */
async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  const text = await readFile(recordOf(cluster), "utf8").catch(() => "");
  const lines = text.split("\n");
  const [pid, folder = "", port] = [Number(lines[0]), lines[1], Number(lines[3])];
  return Number.isInteger(pid) && pid > 0 && Number.isInteger(port) && port > 0 ? { pid, folder, port } : undefined;
}

async function servesFolder({ pid, port }: PidFile, password: string, cluster: string): Promise<boolean> {
  if (await isSameFolder(workingFolderOf(pid), cluster)) return true;
  const [row] = await inMaintenanceSession(
    port,
    password,
    (sql) => sql<{ folder: string }[]>`select current_setting('data_directory') as folder`,
  );
  return row !== undefined && (await isSameFolder(row.folder, cluster));
}

async function end(cluster: string, left: PidFile): Promise<void> {
  const gone = async () => ((await readPidFile(cluster))?.pid === left.pid ? undefined : true);
  try {
    for (const signal of ["SIGINT", "SIGQUIT"] as const) {
      process.kill(left.pid, signal);
      if (await poll(gone, stopMs)) return;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
  }
  throw new StartError(
    `A Postgres left by an earlier start still uses ${cluster} and cannot be ended from here: end process ${left.pid}, then start again.`,
  );
}

/**
 * Nobody answers our password. A server that is about to end is waited for. Postgres itself refuses to start while the
 * recorded pid lives, even when another program of the same user has got it since: where that is certain (Linux
 * shows what a process is), the stale record is taken away.
 */
async function settle(cluster: string, left: PidFile): Promise<void> {
  const program = () => readlink(`/proc/${left.pid}/exe`).catch(() => undefined);
  const isPostgres = async () => /\/postgres( \(deleted\))?$/.test((await program()) ?? "");
  const isOurs = async () => (await isPostgres()) && (await isSameFolder(workingFolderOf(left.pid), cluster));
  await poll(async () => ((await readPidFile(cluster)) && (await isOurs()) ? undefined : true), stopMs);
  if ((await program()) !== undefined && !(await isOurs())) await rm(recordOf(cluster), { force: true });
}
