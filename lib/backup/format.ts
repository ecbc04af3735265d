/**
 * The format of a backup, docs/operations.md: gzip of lines. A header in JSON; for each table its rows in Postgres' COPY
 * text format, ended by the line `\.`; a trailer in JSON with counts and digests.
 */
import { z } from "zod";
import { keptTables } from "@/db/backup-tables";

export const formatName = "rungs-backup";
export const formatVersion = 1;
export const endOfRows = "\\.\n";
/** Bytes of the header and of the trailer. */
export const jsonLineBytesMax = 64 * 1024;
/** Bytes of a row; the largest are kept replies to batches. */
export const rowBytesMax = 64 * 1024 * 1024;

const tableName = z.enum(keptTables);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const identifier = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);

export const backupHeader = z.object({
  format: z.literal(formatName),
  version: z.literal(formatVersion),
  createdAt: z.iso.datetime(),
  /** Release of Rungs. */
  rungs: z.string().max(100),
  /** Name of the last migration. */
  schema: z.string().regex(/^\w{1,100}$/),
  /** `server_version_num`. */
  postgres: z.int(),
  /** Id of the installation that was backed up. */
  installation: z.string().max(100),
  tables: z
    .array(z.object({ name: tableName, columns: z.array(identifier).min(1).max(200) }))
    .min(1)
    .max(keptTables.length),
});

export type BackupHeader = z.infer<typeof backupHeader>;

export const backupTrailer = z.object({
  tables: z.array(z.object({ name: tableName, rows: z.int().min(0), sha256 })),
  /** Of everything before this line. */
  sha256,
});

export type BackupTrailer = z.infer<typeof backupTrailer>;

/** The file is no backup, is damaged, or is of a later format. */
export class BackupFileError extends Error {
  override readonly name = "BackupFileError";
}

const otherVersion = z.object({ format: z.literal(formatName), version: z.int() });

export function readHeader(line: string): BackupHeader {
  const json = parsed(line);
  const header = backupHeader.safeParse(json);
  if (header.success) return header.data;
  const other = otherVersion.safeParse(json);
  if (other.success && other.data.version > formatVersion) {
    throw new BackupFileError(
      `it has format ${other.data.version}, this Rungs reads ${formatVersion}: use a later release`,
    );
  }
  throw new BackupFileError(other.success ? "its header is damaged" : notBackup);
}

export function readTrailer(line: string): BackupTrailer {
  const trailer = backupTrailer.safeParse(parsed(line));
  if (!trailer.success) throw new BackupFileError("its end is damaged");
  return trailer.data;
}

export const notBackup = "it was not made by `rungs backup`";

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
