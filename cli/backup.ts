import { resolve } from "node:path";
import { Writable } from "node:stream";
import { migrationsFolder, readJournal } from "@/db/schema-version";
import type { BackupTrailer } from "@/lib/backup/format";
import { writeWholeFile } from "@/lib/backup/whole-file";
import { writeBackup } from "@/lib/backup/write-backup";
import { readEnv } from "@/lib/env";
import { version } from "@/package.json";
import { contentsOf, tableStatus } from "./backup-contents";
import { type Command, CommandError, UsageError } from "./command";
import { interruptible } from "./interruptible";
import { withDatabase, withStores } from "./open-stores";
import { createProgress, type Progress } from "./progress";

export const backup: Command = {
  name: "backup",
  summary: "Writes a backup to a file (`-`: standard output), while the server runs or not.",
  details:
    "All boards with their history, API keys, organizers and inboxes, as of one moment, whichever Postgres holds them.\n" +
    "The file is written whole or not at all, and only its owner may read it: it has hashes of passwords and keys.",
  positionals: ["FILE"],
  options: {},
  example: "backup rungs-2026-01-31.backup",
  async run(args) {
    if (args.positionals[0] === "-" && process.stdout.isTTY)
      args.problems.push("a terminal shows no backup: name a file");
    if (args.problems.length > 0) throw new UsageError(args.problems);
    const name = args.positionals[0] ?? "";
    const progress = createProgress(process.stderr);
    return interruptible(
      async (signal) => {
        const write = (output: Writable) => writeTo(output, progress, signal);
        const { tables } = await (name === "-" ? write(standardOutput()) : toFile(resolve(name), write));
        progress.end();
        progress.note(`Backup written: ${contentsOf(tables)}.`);
        return 0;
      },
      () => progress.note("Stopped. No backup was written."),
    );
  },
};

function writeTo(output: Writable, progress: Progress, signal: AbortSignal): Promise<BackupTrailer> {
  const onProgress = tableStatus(progress, "Writing", signal);
  return withStores(readEnv(), ({ databaseUrl }) =>
    withDatabase(databaseUrl, async ({ unbounded: sql }) => {
      const journal = await readJournal(migrationsFolder);
      return writeBackup({ sql, journal, release: version, output, onProgress });
    }),
  );
}

/** A stream of its own, since `pipeline` does not end the process' one. */
function standardOutput(): Writable {
  const output = new Writable({ write: (piece, _encoding, done) => void process.stdout.write(piece, done) });
  process.stdout.once("error", (error) => output.destroy(error));
  return output;
}

async function toFile<T>(path: string, write: (output: Writable) => Promise<T>): Promise<T> {
  try {
    return await writeWholeFile(path, write);
  } catch (error) {
    const { code, path: of } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw new CommandError(`${path} exists: give another name.`);
    if (of?.startsWith(path)) throw new CommandError(`${path} cannot be written (${code}).`);
    throw error;
  }
}
