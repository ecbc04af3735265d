/** Backups in words. */
import type { KeptTable } from "@/db/backup-tables";
import type { BackupTrailer } from "@/lib/backup/format";
import type { Progress } from "./progress";

const words: [table: KeptTable, one: string, many: string][] = [
  ["boards", "board", "boards"],
  ["standings", "standing", "standings"],
  ["score_events", "score", "scores"],
  ["api_keys", "API key", "API keys"],
  ["organizers", "organizer", "organizers"],
];

/** For instance `2 boards, 1 standing, 5 scores, 1 API key, 0 organizers`. */
export function contentsOf(tables: BackupTrailer["tables"]): string {
  return words
    .map(([table, one, many]) => {
      const rows = tables.find(({ name }) => name === table)?.rows ?? 0;
      return `${rows.toLocaleString("en")} ${rows === 1 ? one : many}`;
    })
    .join(", ");
}

/** Shows how far a table has come; throws once the signal is aborted. */
export function tableStatus(progress: Progress, doing: string, signal: AbortSignal) {
  return (table: string, rows: number): void => {
    signal.throwIfAborted();
    progress.update(`${doing} ${table}: ${rows.toLocaleString("en")} rows`);
  };
}
