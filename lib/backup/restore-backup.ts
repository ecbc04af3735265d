/** Fills an empty database from a backup: all of it or nothing. */
import type { Database, TransactionSql } from "@/db/client";
import { copyIn } from "@/db/copy";
import { migrateDatabase } from "@/db/migrate";
import {
  correctBoards,
  filledTables,
  isInUse,
  lastMigration,
  lockTables,
  moveInboxIds,
  prepareForCopy,
  readTables,
} from "@/db/queries/stored-tables";
import { isBefore, type Journal, schemaAt, withMigrationsUpTo } from "@/db/schema-version";
import { BackupFileError, type BackupHeader } from "./format";
import { type ReadBackup, readBackup } from "./read-backup";

export interface RestoreOptions {
  database: Database;
  /** Where its tables are to be; undefined: the first of the role's `search_path`. */
  databaseSchema?: string | undefined;
  path: string;
  migrationsFolder: string;
  journal: Journal;
  /** May throw, to stop. */
  onProgress(table: string, rows: number): void;
}

export interface Restored extends ReadBackup {
  /** Boards whose number of players or newest change did not agree with their standings, in the backup already. */
  corrected: string[];
}

/** The database is not one that a backup can be restored into. */
class RestoreTargetError extends Error {
  override readonly name = "RestoreTargetError";
}

/** Reads the whole file and changes nothing. */
export function verifyBackup(path: string, { entries }: Journal, onProgress: RestoreOptions["onProgress"]) {
  return readBackup(path, {
    header({ schema, rungs }) {
      if (entries.some(({ tag }) => tag === schema)) return;
      throw new BackupFileError(`it was made by a later release of Rungs (${rungs}, ${schema})`);
    },
    async rows({ name }, pieces, tally) {
      for await (const _ of pieces) onProgress(name, tally.rows);
    },
  });
}

/** Rejects with a `RestoreTargetError` or a `BackupFileError`; the database is as empty as before then. */
export async function restoreBackup(options: RestoreOptions, { schema }: BackupHeader): Promise<Restored> {
  const { database, databaseSchema, migrationsFolder, journal } = options;
  const sql = database.unbounded;
  await sql.begin("read only", (tx) => refuseUnlessEmpty(tx, journal, schema));
  await withMigrationsUpTo(migrationsFolder, schema, (folder) => migrateDatabase(database, folder, databaseSchema));
  const restored = (await sql.begin((tx) => fill(tx, options, schema))) as Restored;
  await migrateDatabase(database, migrationsFolder, databaseSchema);
  return restored;
}

async function refuseUnlessEmpty(tx: TransactionSql, journal: Journal, schema: string): Promise<void> {
  const present = schemaAt(journal, await lastMigration(tx));
  const filled = await filledTables(tx, await readTables(tx));
  if (filled.length > 0) {
    throw new RestoreTargetError(`the database is not empty: it has rows in ${filled.join(", ")}`);
  }
  if (present !== "none" && (await isInUse(tx)))
    throw new RestoreTargetError("a Rungs uses the database: stop it first");
  if (present === "newer" || (present !== "none" && isBefore(journal, schema, present.tag))) {
    throw new RestoreTargetError("the database has tables of a later release than the backup: take one without tables");
  }
}

async function fill(tx: TransactionSql, { path, journal, onProgress }: RestoreOptions, schema: string) {
  await prepareForCopy(tx);
  const tables = await readTables(tx);
  await lockTables(tx, tables);
  // Somebody may have come first.
  await refuseUnlessEmpty(tx, journal, schema);
  const read = await readBackup(path, {
    rows: (table, pieces, tally) =>
      copyIn(
        tx,
        table,
        reported(pieces, () => onProgress(table.name, tally.rows)),
      ),
  });
  for (const { name, rows } of read.trailer.tables) {
    const [counted] = await tx<{ rows: number }[]>`select count(*) as rows from ${tx(name)}`;
    if (counted?.rows !== rows) throw new Error(`Postgres has ${counted?.rows} rows of ${name} instead of ${rows}`);
  }
  const columns = tables.find(({ name }) => name === "boards")?.columns ?? [];
  const corrected = columns.includes("seq_sum") ? await correctBoards(tx) : [];
  if (tables.some(({ name }) => name === "inbox_items")) await moveInboxIds(tx);
  return { ...read, corrected };
}

async function* reported(pieces: AsyncIterable<Buffer>, report: () => void): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    yield piece;
    report();
  }
}
