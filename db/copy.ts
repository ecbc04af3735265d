/**
 * COPY in text format, streamed: one line for each row, backslash escapes, `\N` for null.
 * https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS
 */
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { TransactionSql } from "./client";

export interface TableColumns {
  name: string;
  columns: string[];
}

/** Rows in pieces, which need not end with a line; no more is read than is taken. */
export async function* copyOut(tx: TransactionSql, table: TableColumns): AsyncGenerator<Buffer> {
  const query = tx.unsafe(`copy ${target(table)} to stdout`);
  const source = await query.readable();
  let ended = false;
  try {
    yield* source.iterator({ destroyOnReturn: false });
    ended = true;
  } finally {
    // A source that was destroyed has failed, and nothing more comes of it.
    const discarded = ended || source.destroyed ? undefined : discard(query, source);
    // postgres.js pauses the socket when the stream is full, and leaves it so when the stream ends then.
    source._read(0);
    await discarded;
  }
}

/** Nothing else can be asked in the transaction, not even to end it, until the rest has come or the query is cancelled. */
function discard(query: ReturnType<TransactionSql["unsafe"]>, source: Readable): Promise<void> {
  source.push = () => true;
  return new Promise((resolve) => {
    Object.assign(query, { resolve, reject: () => resolve() });
    query.cancel();
  });
}

/** Rejects with Postgres' reason when it does not take all rows. */
export async function copyIn(tx: TransactionSql, table: TableColumns, rows: AsyncIterable<Buffer>): Promise<void> {
  const query = tx.unsafe(`copy ${target(table)} from stdin`);
  const sink = await query.writable();
  // After the last row postgres.js has let go of the stream, and a refusal reaches only the query, which has settled.
  const refused = new Promise<never>((_resolve, reject) => Object.assign(query, { reject }));
  await Promise.race([pipeline(rows, sink), refused]);
}

function target({ name, columns }: TableColumns): string {
  return `${quoted(name)} (${columns.map(quoted).join(", ")})`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
