import type { Sql, TransactionSql } from "@/db/client";
import type { Inbox, InboxItem, Moment } from "@/lib/domain/moments";

export interface NewItem extends Moment {
  player: string;
  position: string;
}

/** Unacknowledged items kept for one player on one board; the oldest give way. */
const keptMax = 200;

/** Gives the newest id of each player's. */
export async function insertItems(
  tx: TransactionSql,
  uid: number,
  items: readonly NewItem[],
): Promise<Map<string, number>> {
  if (items.length === 0) return new Map();
  const rows = await tx<{ id: number; player: string }[]>`
    insert into inbox_items (board_uid, player, kind, data, position)
    select ${uid}, player, kind, data, position
    from jsonb_to_recordset(${JSON.stringify(items)}::text::jsonb)
      as item (player text, kind text, data jsonb, position text)
    returning id, player`;
  const newest = new Map<string, number>();
  for (const { id, player } of rows) newest.set(player, Math.max(id, newest.get(player) ?? 0));
  await tx`
    delete from inbox_items where id in (
      select surplus.id from unnest(${[...newest.keys()]}::text[]) as owner (player), lateral (
        select id from inbox_items
        where board_uid = ${uid} and player = owner.player and acknowledged_at is null order by id desc offset ${keptMax}
      ) as surplus
    )`;
  return newest;
}

type Row = Omit<InboxItem, "at" | "board"> & { createdAt: string };

export async function readItems(
  sqlClient: Sql,
  board: { uid: number; id: string },
  player: string,
  { after, limit }: { after: number; limit: number },
): Promise<Inbox> {
  const [rows, unacknowledged] = await Promise.all([
    sqlClient<Row[]>`
      select id, kind, data, position, created_at as "createdAt" from inbox_items
      where board_uid = ${board.uid} and player = ${player} and acknowledged_at is null and id > ${after}
      order by id limit ${limit}`,
    countItems(sqlClient, board.uid, player),
  ]);
  const items = rows.map(({ id, kind, data, position, createdAt }) => {
    return { id, board: board.id, kind, data, at: new Date(createdAt).toISOString(), position };
  });
  return { items, unacknowledged };
}

/**
 * Ids that are not there, not this player's, or acknowledged already, are passed over. Gives how many are left, and for
 * each that was acknowledged how many seconds after it was stored.
 */
export async function acknowledgeItems(
  sqlClient: Sql,
  uid: number,
  player: string,
  ids: number[],
): Promise<{ unacknowledged: number; waits: number[] }> {
  const rows = await sqlClient<{ wait: number }[]>`
    update inbox_items set acknowledged_at = now()
    where board_uid = ${uid} and player = ${player} and id = any(${ids}::int8[]) and acknowledged_at is null
    returning extract(epoch from acknowledged_at - created_at)::float8 as wait`;
  return { unacknowledged: await countItems(sqlClient, uid, player), waits: rows.map(({ wait }) => wait) };
}

async function countItems(sqlClient: Sql, uid: number, player: string): Promise<number> {
  const [row] = await sqlClient<{ count: number }[]>`
    select count(*)::int as count from inbox_items
    where board_uid = ${uid} and player = ${player} and acknowledged_at is null`;
  return row?.count ?? 0;
}
