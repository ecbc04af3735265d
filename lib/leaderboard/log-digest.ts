import { createHash } from "node:crypto";
import type { StoredStanding } from "@/db/queries/scores";

const digestLength = 16;

/**
 * The digest of a board's log after a commit.
 * @param changed what the commit changed, in the order of the commit
 */
export function nextDigest(previous: string, changed: readonly StoredStanding[]): string {
  const lines = changed.map(({ player, name, values, reached, seq }) =>
    JSON.stringify([player, name, values, reached, seq]),
  );
  return createHash("sha256")
    .update(previous + lines.join(""))
    .digest("hex")
    .slice(0, digestLength);
}
