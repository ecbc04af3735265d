import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { readDatabaseUrl } from "@/db/database-url";
import { migrationsFolder, readJournal } from "@/db/schema-version";
import { type Restored, restoreBackup, verifyBackup } from "@/lib/backup/restore-backup";
import { readEnv } from "@/lib/env";
import { contentsOf, tableStatus } from "./backup-contents";
import { type Command, CommandError, UsageError } from "./command";
import { interruptible } from "./interruptible";
import { withDatabase, withNewStores } from "./open-stores";
import { createProgress, type Progress } from "./progress";

export const restore: Command = {
  name: "restore",
  summary: "Fills an empty database from a backup.",
  details:
    "The database that DATABASE_URL names, or a new one in DATA_DIR, of any version of Postgres from 15 on. It is refused\n" +
    "if it has any rows, and a file that is damaged is refused before anything is changed.",
  positionals: ["FILE"],
  options: {},
  example: "restore rungs-2026-01-31.backup",
  async run(args) {
    if (args.problems.length > 0) throw new UsageError(args.problems);
    const path = resolve(args.positionals[0] ?? "");
    const progress = createProgress(process.stderr);
    return interruptible(
      async (signal) => {
        const restored = await refusing(path, () => restoreFrom(path, progress, signal));
        progress.end();
        for (const line of report(restored)) progress.note(line);
        return 0;
      },
      () => progress.note("Stopped. Nothing was restored."),
    );
  },
};

async function restoreFrom(path: string, progress: Progress, signal: AbortSignal): Promise<Restored> {
  if (!(await stat(path)).isFile()) throw new CommandError(`${path} is no file.`);
  const journal = await readJournal(migrationsFolder);
  const { header } = await verifyBackup(path, journal, tableStatus(progress, "Checking", signal));
  const onProgress = tableStatus(progress, "Restoring", signal);
  return withNewStores(readEnv(), ({ databaseUrl }) =>
    withDatabase(databaseUrl, (database) =>
      restoreBackup(
        { database, databaseSchema: readDatabaseUrl(databaseUrl).schema, path, migrationsFolder, journal, onProgress },
        header,
      ),
    ),
  );
}

async function refusing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { name, message, code, path: of } = error as NodeJS.ErrnoException;
    if (name === "BackupFileError") throw new CommandError(`${path} cannot be restored: ${message}.`);
    if (name === "RestoreTargetError") throw new CommandError(`Nothing was restored: ${message}.`);
    if (of === path) throw new CommandError(`${path} cannot be read (${code}).`);
    throw error;
  }
}

function report({ header, trailer, corrected }: Restored): string[] {
  return [
    `Restored as of ${header.createdAt}: ${contentsOf(trailer.tables)}.`,
    ...corrected.map((board) => `Board "${board}" did not agree with its standings in the backup: corrected.`),
    "It is an installation of its own: organizers sign in again, and player tokens are valid if AUTH_SECRET is the same.",
  ];
}
