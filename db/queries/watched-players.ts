import type { Sql } from "@/db/client";
import type { Board } from "@/lib/domain/board";
import type { Position } from "@/lib/domain/snapshot";

/** Players watched on one board, and as many on all; the ones renewed longest ago give way. */
const watchedMax = 10_000;
const everyBoard = "*";

/** @param boards ids, also of boards still to come; null means all. */
export async function watchPlayer(sql: Sql, player: string, boards: readonly string[] | null): Promise<void> {
  const ids = [...(boards ?? [everyBoard])];
  await sql.begin(async (tx) => {
    await tx`
      insert into watched_players (board, player) select board, ${player} from unnest(${ids}::text[]) as board
      on conflict (board, player) do update set renewed_at = now()`;
    await tx`
      delete from watched_players w using (
        select kept.board, kept.player from unnest(${ids}::text[]) as wanted (board), lateral (
          select board, player from watched_players where board = wanted.board
          order by renewed_at desc offset ${watchedMax}
        ) as kept
      ) as surplus
      where w.board = surplus.board and w.player = surplus.player`;
  });
}

/** The boards on which the player stands, of those given; at most `limit`. */
export async function boardsOfPlayer(
  sql: Sql,
  player: string,
  boards: readonly string[] | null,
  limit: number,
): Promise<number[]> {
  const rows = await sql<{ uid: number }[]>`
    select uid from boards
    where ${boards ? sql`id = any(${[...boards]}::text[])` : sql`true`}
      and exists (select from standings where board_uid = uid and player = ${player})
    limit ${limit}`;
  return rows.map(({ uid }) => uid);
}

/** Boards with scores on which somebody is watched, and the position up to which each was judged. */
export async function watchedBoards(sql: Sql): Promise<{ uid: number; judged: Position | null }[]> {
  const rows = await sql<{ uid: number; epoch: string | null; version: number | null }[]>`
    select uid, epoch, version from boards left join inbox_boards on board_uid = uid
    where seq > 0 and (exists (select from watched_players where board = ${everyBoard})
      or exists (select from watched_players where board = id))`;
  return rows.map(({ uid, epoch, version }) => ({
    uid,
    judged: epoch === null ? null : { epoch, version: version ?? 0 },
  }));
}

/** Those of a board's players who are watched, the most recently renewed first. */
export async function watchedOnBoard(sql: Sql, { uid, id }: Pick<Board, "uid" | "id">): Promise<string[]> {
  const rows = await sql<{ player: string }[]>`
    select w.player from watched_players w join standings s on s.board_uid = ${uid} and s.player = w.player
    where w.board in (${id}, ${everyBoard}) group by w.player order by max(w.renewed_at) desc limit ${watchedMax}`;
  return rows.map(({ player }) => player);
}
