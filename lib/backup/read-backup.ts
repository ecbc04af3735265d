/** Reads a backup once, from beginning to end, in a bounded amount of memory, and checks it on the way. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import {
  BackupFileError,
  type BackupHeader,
  type BackupTrailer,
  jsonLineBytesMax,
  notBackup,
  readHeader,
  readTrailer,
} from "./format";
import { LineSource } from "./line-source";
import { TableTally } from "./table-tally";

export type BackupTable = BackupHeader["tables"][number];

export interface BackupVisitor {
  header?(header: BackupHeader): void;
  /** Takes all rows of one table, in pieces of whole lines. They are known to be unaltered only after the last table. */
  rows(table: BackupTable, pieces: AsyncIterable<Buffer>, tally: TableTally): Promise<void>;
}

export interface ReadBackup {
  header: BackupHeader;
  trailer: BackupTrailer;
}

/** Rejects with a `BackupFileError` when the file is not a whole, unaltered backup. */
export async function readBackup(path: string, visitor: BackupVisitor): Promise<ReadBackup> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.once("error", (error) => gunzip.destroy(error));
  const source = new LineSource(file.pipe(gunzip));
  try {
    return await visit(source, visitor);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!code?.startsWith("Z_")) throw error;
    const early = code === "Z_BUF_ERROR";
    throw new BackupFileError(early ? "it ends too early" : source.bytes === 0 ? notBackup : "it is damaged", {
      cause: error,
    });
  } finally {
    gunzip.destroy();
    file.destroy();
  }
}

async function visit(source: LineSource, visitor: BackupVisitor): Promise<ReadBackup> {
  const header = readHeader(await source.line(jsonLineBytesMax));
  visitor.header?.(header);
  const tables: BackupTrailer["tables"] = [];
  for (const table of header.tables) {
    const tally = new TableTally();
    await visitor.rows(table, tallied(source.rows(), tally), tally);
    tables.push({ name: table.name, rows: tally.rows, sha256: tally.sha256() });
  }
  const sha256 = source.sha256();
  const trailer = readTrailer(await source.line(jsonLineBytesMax));
  const same = trailer.sha256 === sha256 && JSON.stringify(trailer.tables) === JSON.stringify(tables);
  if (!same) throw new BackupFileError("it was altered: its digests do not match");
  if (!(await source.isAtEnd())) throw new BackupFileError("something follows its end");
  return { header, trailer };
}

async function* tallied(pieces: AsyncIterable<Buffer>, tally: TableTally): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    tally.add(piece);
    yield piece;
  }
}
