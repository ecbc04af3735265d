/** Writes a backup of what is durable in a database, as of one moment, while the database is used. */
import { createHash } from "node:crypto";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Sql, TransactionSql } from "@/db/client";
import { copyOut } from "@/db/copy";
import { lastMigration, prepareForCopy, readTables, serverFacts } from "@/db/queries/stored-tables";
import { type Journal, schemaAt } from "@/db/schema-version";
import { type BackupHeader, type BackupTrailer, endOfRows, formatName, formatVersion } from "./format";
import { TableTally } from "./table-tally";

export interface WriteBackupOptions {
  sql: Sql;
  journal: Journal;
  /** Release of Rungs, for the header. */
  release: string;
  output: Writable;
  /** May throw, to stop. */
  onProgress(table: string, rows: number): void;
}

/** There is nothing that this release could back up. */
class BackupSourceError extends Error {
  override readonly name = "BackupSourceError";
}

/** Ends the output once everything is written. What was written before a rejection is no backup. */
export async function writeBackup(options: WriteBackupOptions): Promise<BackupTrailer> {
  const { sql, output } = options;
  // One transaction, so that a connection pooler does, and one snapshot for all tables.
  const written = await sql.begin("isolation level repeatable read read only", async (tx) => {
    const header = await readHeader(tx, options);
    const trailer: BackupTrailer = { tables: [], sha256: "" };
    const pieces = content(tx, header, trailer, options);
    try {
      await pipeline(pieces, createGzip(), output);
    } finally {
      // A failed pipeline does not wait for its source, but the transaction can only end after it.
      await pieces.return(undefined);
    }
    return trailer;
  });
  return written as BackupTrailer;
}

async function readHeader(tx: TransactionSql, { journal, release }: WriteBackupOptions): Promise<BackupHeader> {
  await prepareForCopy(tx);
  const schema = schemaAt(journal, await lastMigration(tx));
  if (schema === "none") throw new BackupSourceError("there are no tables of Rungs in the database");
  if (schema === "newer") {
    throw new BackupSourceError(
      "a later release of Rungs has migrated the database: use `rungs backup` of that release",
    );
  }
  return {
    format: formatName,
    version: formatVersion,
    createdAt: new Date().toISOString(),
    rungs: release,
    schema: schema.tag,
    ...(await serverFacts(tx)),
    tables: await readTables(tx),
  };
}

/** Fills in the trailer on the way. */
async function* content(
  tx: TransactionSql,
  header: BackupHeader,
  trailer: BackupTrailer,
  { onProgress }: WriteBackupOptions,
): AsyncGenerator<Buffer> {
  const whole = createHash("sha256");
  const given = (piece: Buffer) => {
    whole.update(piece);
    return piece;
  };
  yield given(Buffer.from(`${JSON.stringify(header)}\n`));
  for (const table of header.tables) {
    const tally = new TableTally();
    for await (const piece of copyOut(tx, table)) {
      tally.add(piece);
      yield given(piece);
      onProgress(table.name, tally.rows);
    }
    yield given(Buffer.from(endOfRows));
    trailer.tables.push({ name: table.name, rows: tally.rows, sha256: tally.sha256() });
  }
  trailer.sha256 = whole.digest("hex");
  yield Buffer.from(`${JSON.stringify(trailer)}\n`);
}
