/** Reading standings: to rebuild the rank index, to bring it up to date, and to count. In order: standings-in-order.ts. */
import { setImmediate } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { Database, Queryable, Sql } from "@/db/client";
import { columnOrders } from "@/lib/domain/score";
import { boardOrder, type OrderedBoard, selectFrom, valueColumns } from "./board-order";
import type { StoredStanding } from "./scores";

const chunkRows = 20_000;
const partRows = 500;

/** The standings of players, each given once. Each is looked up by itself, for the reason that `lookUpEach` gives. */
export async function findStandings(db: Queryable, uid: number, players: string[]): Promise<StoredStanding[]> {
  const found = sql`(select * from standings where board_uid = ${uid} and player = p.id offset 0)`;
  return selectFrom(db, sql`unnest(${sql.param(players)}::text[]) as p (id) cross join lateral ${found} as found`);
}

/**
 * All standings of a board, each player once: chunk by chunk of the players' ids, each in a snapshot of its own and read
 * while the one before it is being used. Within a chunk they come in board order, as an index takes neighbours faster,
 * and in small parts with a turn of the event loop for others after each.
 */
export async function* allStandings({ sql: client }: Database, board: OrderedBoard): AsyncGenerator<StoredStanding[]> {
  for (let next: Promise<Chunk> | null = readChunk(client, board, ""); next; ) {
    const { parts, last }: Chunk = await next;
    next = last === null ? null : readChunk(client, board, last);
    // It shows when it is waited for, which it is not when the reader has had enough.
    next?.catch(() => undefined);
    for (const part of parts) {
      yield decodePart(part);
      await setImmediate();
    }
  }
}

interface Chunk {
  /** For each part, player, name, reached, seq and the board's columns, each as a JSON array. */
  parts: string[][];
  /** The last player of it by id; null when none comes after. */
  last: string | null;
}

/** Arrays made by Postgres are read in a quarter of the time that as many rows take. */
async function readChunk(client: Sql, board: OrderedBoard, after: string): Promise<Chunk> {
  const rest = client`board_uid = ${board.uid} and player > ${after}`;
  const [found] = await client<{ player: string }[]>`
    select player from standings where ${rest} order by player offset ${chunkRows - 1} limit 1`;
  const last = found?.player ?? null;
  const fields = ["player", "name", "reached", "seq", ...valueColumns.slice(0, columnOrders(board).length)];
  const parts = await client`
    select ${client.unsafe(fields.map((field) => `json_agg(${field})::text`).join(", "))} from (
      select *, (row_number() over (order by ${client.unsafe(boardOrder(board))}) - 1) / ${partRows} as part
      from standings where ${rest} ${last === null ? client`` : client`and player <= ${last}`}
    ) chunk group by part order by part`.values();
  return { parts: parts as string[][], last };
}

function decodePart(part: readonly string[]): StoredStanding[] {
  const [players, names, reached, seqs, ...columns] = part.map((text) => JSON.parse(text));
  return players.map((player: string, i: number) => {
    const values = columns.map((column) => column[i]);
    return { player, name: names[i], values, reached: reached[i], seq: seqs[i] };
  });
}

/** How many scores the board took in the last minute; looks back over at most 10,000. */
export async function countRecentEvents(sqlClient: Sql, uid: number): Promise<number> {
  const [row] = await sqlClient<{ events: number }[]>`
    select count(*)::int as events from (
      select created_at from score_events where board_uid = ${uid} order by seq desc limit 10000
    ) recent where created_at > now() - interval '1 minute'`;
  return row?.events ?? 0;
}

export async function hasStandings(db: Queryable, uid: number): Promise<boolean> {
  const rows = await db.execute(sql`select from standings where board_uid = ${uid} limit 1`);
  return rows.length > 0;
}
