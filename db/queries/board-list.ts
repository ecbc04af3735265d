/** The list of boards, by name or by their last change, a page at a time. */
import type { Sql } from "@/db/client";
import type { Board } from "@/lib/domain/board";
import type { BoardListCursor, BoardListQuery } from "@/lib/domain/board-list";

export interface BoardOnList {
  board: Board;
  /** How many are on it. */
  players: number;
  /** When a score last changed a standing; null while none has. */
  changedAt: Date | null;
  /** Where the list goes on after this board. */
  cursor: BoardListCursor;
}

/** Moments in microseconds since 1970; a moment as such would come as text. */
type Row = Board & { players: number; changedUs: number | null; movedUs: number };

/**
 * At most `limit` boards. The time of a change is that of its event, or of the last one before a rename, looked up by
 * primary key for each board: a column for it would be one more thing to write with every score.
 */
export async function findBoardsInOrder(sql: Sql, query: BoardListQuery): Promise<BoardOnList[]> {
  const { sort, after } = query;
  const byName = sql`order by name, id limit ${query.limit}`;
  const byChange = sql`order by moved_us desc, uid desc limit ${query.limit}`;
  const rows = await sql<Row[]>`
    select uid, id, name, sort_order as "order", operator, decimals, tiebreaks, rank_style as "rankStyle", delivery,
      revision, players, changed_us as "changedUs", moved_us as "movedUs"
    from (
      select *, coalesce(changed_us, (extract(epoch from created_at) * 1000000)::int8) as moved_us from (
        select *, (
          select (extract(epoch from created_at) * 1000000)::int8 from score_events
          where board_uid = boards.uid and seq <= boards.last_change order by seq desc limit 1
        ) as changed_us
        from boards where ${matching(sql, query)}
      ) timed
    ) listed
    where ${after ? comesAfter(sql, after) : sql`true`}
    ${sort === "name" ? byName : byChange}`;
  return rows.map(({ players, changedUs, movedUs, ...board }) => {
    const cursor = sort === "name" ? { sort, name: board.name, id: board.id } : { sort, us: movedUs, uid: board.uid };
    return { board, players, changedAt: changedUs === null ? null : new Date(changedUs / 1_000), cursor };
  });
}

export async function countBoards(sql: Sql, query: Pick<BoardListQuery, "q">): Promise<number> {
  const [row] = await sql<{ total: number }[]>`select count(*)::int as total from boards where ${matching(sql, query)}`;
  return row?.total ?? 0;
}

/** A part of the name or id, with nothing in it that would have to be escaped. */
function matching(sql: Sql, { q }: Pick<BoardListQuery, "q">) {
  if (q === undefined) return sql`true`;
  return sql`(strpos(lower(name), lower(${q}::text)) > 0 or strpos(id, lower(${q}::text)) > 0)`;
}

function comesAfter(sql: Sql, after: BoardListCursor) {
  if (after.sort === "name") return sql`(name, id) > (${after.name}::text, ${after.id}::text)`;
  return sql`(moved_us, uid) < (${after.us}::int8, ${after.uid}::int4)`;
}
