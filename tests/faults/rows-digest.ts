import { createHash } from "node:crypto";
import type { Entry } from "@/lib/domain/snapshot";

/** Names what a reader sees of a board; a page that says it may be out of date is not the same as one that does not. */
export function rowsDigest(entries: readonly Entry[], total: number, stale: boolean | undefined): string {
  const rows = entries.map(({ position, rank, player, name, score, tiebreaks }) =>
    [position, rank, player, name, score, ...tiebreaks].join(" "),
  );
  const digest = createHash("sha1")
    .update([total, ...rows].join("\n"))
    .digest("hex")
    .slice(0, 12);
  return stale ? `stale-${digest}` : digest;
}
