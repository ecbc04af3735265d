/** A byte copy of a Postgres that is in use, as a base backup or a snapshot of its disk is, started beside its original. */
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { postgresFolder, startPostgres } from "@/lib/embedded/postgres";
import { inSession } from "@/lib/embedded/postgres-session";
import { giveToFolderOwner } from "@/lib/embedded/run-as";

type PostgresOptions = Parameters<typeof startPostgres>[0];

export interface PhysicalCopy {
  /** Of the same database on the copy. */
  url: string;
  stop(): Promise<void>;
}

const copyMs = 60_000;

/**
 * @param url of a database on the original
 * @param original the folder that the original runs on
 * @param options of the copy, whose folder must not exist
 */
export async function startPhysicalCopy(
  url: string,
  original: string,
  options: PostgresOptions,
): Promise<PhysicalCopy> {
  const { dataDir } = options;
  await mkdir(dataDir, { mode: 0o711 });
  const removeFolder = () => rm(dataDir, { recursive: true, force: true });
  try {
    await inSession(url, (sql) => copyFolder(sql, postgresFolder(original), postgresFolder(dataDir)), copyMs);
    const postgres = await startPostgres(options);
    return {
      url: new URL(new URL(url).pathname, postgres.url).href,
      stop: () => postgres.stop().finally(removeFolder),
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

type Session = Parameters<Parameters<typeof inSession>[1]>[0];

/** Pages may be torn and files be of different moments: replay of the log up to the end of the backup puts that right. */
async function copyFolder(sql: Session, from: string, to: string): Promise<void> {
  await sql`select pg_backup_start('faults', fast => true)`;
  await copy(from, to);
  const [stopped] = await sql<{ label: string }[]>`
    select labelfile as label from pg_backup_stop(wait_for_archive => false)`;
  // The log has to reach as far as that.
  await rm(join(to, "pg_wal"), { recursive: true });
  await copy(join(from, "pg_wal"), join(to, "pg_wal"));
  await rm(join(to, "postmaster.pid"));
  const label = join(to, "backup_label");
  await writeFile(label, stopped?.label ?? "", { mode: 0o600 });
  giveToFolderOwner(label);
}

/** With owners and modes. Files that the server deletes meanwhile are not needed. */
async function copy(from: string, to: string): Promise<void> {
  const env = { ...process.env, LC_ALL: "C" };
  await promisify(execFile)("cp", ["-a", from, to], { env }).catch((error: { stderr?: string }) => {
    const complaints = (error.stderr ?? "").trim().split("\n");
    if (!complaints.every((line) => line.endsWith("No such file or directory"))) throw error;
  });
}
