/** Finding players by how their id or name begins, by the three indexes that db/schema.ts makes for it. */
import type { Sql } from "@/db/client";
import { type StandingRow, type StoredStanding, toStoredStanding } from "./scores";

export interface Candidate {
  standing: StoredStanding;
  /** The id or the name is what was looked for, not only its beginning. */
  exact: boolean;
}

/**
 * The first `limit` of each index. Bounds rather than LIKE: a prepared statement with an unknown pattern would walk the
 * whole board, and there is nothing to escape. What follows a prefix is at most 128 characters of at most U+10FFFF,
 * which lower() may make twice as many.
 */
export async function findByPrefix(sqlClient: Sql, uid: number, prefix: string, limit: number): Promise<Candidate[]> {
  const beginning = (text: string) => {
    const lowered = sqlClient.unsafe(text);
    return sqlClient`
      select player, name, score, t1, t2, t3, t4, reached, seq from standings
      where board_uid = ${uid} and ${lowered} ~>=~ lower(${prefix}::text)
        and ${lowered} ~<~ (lower(${prefix}::text) || repeat(chr(1114111), 256))`;
  };
  const ordered = (text: string) => sqlClient`order by ${sqlClient.unsafe(text)} using ~<~ limit ${limit}`;
  const [name, player] = ["lower(name)", "lower(player)"];
  const later = "lower(substr(name, strpos(name, ' ') + 1))";
  const rows = await sqlClient<(StandingRow & { exact: boolean })[]>`
    select found.*, lower(${prefix}::text) in (lower(name), lower(player)) as exact from (
      (${beginning(name)} ${ordered(name)})
      union (${beginning(player)} ${ordered(player)})
      union (${beginning(later)} and strpos(name, ' ') > 0 ${ordered(later)})
    ) found`;
  return rows.map((row) => ({ standing: toStoredStanding(row), exact: row.exact }));
}
