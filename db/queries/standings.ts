/** Reading standings without the rank index: to rebuild it, to bring it up to date, and to serve while it is away. */
import { type SQL, sql } from "drizzle-orm";
import type { Database, Queryable, Sql } from "@/db/client";
import type { Board } from "@/lib/domain/board";
import { columnOrders } from "@/lib/domain/score";
import { type StandingRow, type StoredStanding, toStoredStanding } from "./scores";

const columns = sql.raw("player, name, score, t1, t2, t3, t4, reached, seq");
const rebuildChunk = 2_000;

export async function findStandings(db: Queryable, uid: number, players: string[]): Promise<StoredStanding[]> {
  return select(db, sql`where board_uid = ${uid} and player = any(${sql.param(players)}::text[])`);
}

/**
 * All standings of a board in chunks, by player id; each chunk is read in its own snapshot, while the one before it is
 * being used.
 */
export async function* allStandings({ db }: Database, uid: number): AsyncGenerator<StoredStanding[]> {
  const read = (after: string) =>
    select(db, sql`where board_uid = ${uid} and player > ${after} order by player limit ${rebuildChunk}`);
  let chunk = await read("");
  for (;;) {
    const last = chunk.at(-1);
    if (!last) return;
    const next = chunk.length < rebuildChunk ? [] : read(last.player);
    // It shows when it is waited for, which it is not when the reader has had enough.
    if (next instanceof Promise) next.catch(() => undefined);
    yield chunk;
    chunk = await next;
  }
}

export interface StandingsPage {
  total: number;
  /** Number of the board's last event, read in the same snapshot. */
  seq: number;
  standings: StoredStanding[];
}

/** A page in board order. Sorts the whole board: only for while the rank index is away. */
export async function pageOfStandings(
  database: Database,
  board: Pick<Board, "uid" | "order" | "tiebreaks">,
  offset: number,
  limit: number,
): Promise<StandingsPage> {
  return database.db.transaction(
    async (tx) => {
      const [counted] = await tx.execute<{ total: number; seq: number }>(sql`
        select (select count(*) from standings where board_uid = ${board.uid}) as total,
               (select seq from boards where uid = ${board.uid}) as seq`);
      const standings = await select(
        tx,
        sql`where board_uid = ${board.uid} order by ${boardOrder(board)} limit ${limit} offset ${offset}`,
      );
      return { total: Number(counted?.total ?? 0), seq: Number(counted?.seq ?? 0), standings };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

export interface Ahead {
  /** Players strictly ahead by score and tiebreaks. */
  better: number;
  /** Distinct values among them: the dense rank less one. */
  groups: number;
  /** Players ahead in the whole order: the position less one. */
  ahead: number;
}

/** What stands before one standing in board order. Reads the whole board: only for while the rank index is away. */
export async function countAhead(
  db: Queryable,
  board: Pick<Board, "uid" | "order" | "tiebreaks">,
  standing: StoredStanding,
): Promise<Ahead> {
  const better = betterThan(board, standing.values);
  const tied = sql.join(
    standing.values.map((value, i) => sql`${column(i)} = ${value}`),
    sql` and `,
  );
  const earlier = sql`(reached, player collate "C") < (${standing.reached}::int8, ${standing.player})`;
  const [row] = await db.execute<Record<keyof Ahead, number>>(sql`
    select count(*) filter (where ${better}) as better,
           count(distinct (score, t1, t2, t3, t4)) filter (where ${better}) as groups,
           count(*) filter (where ${better} or (${tied} and ${earlier})) as ahead
    from standings where board_uid = ${board.uid}`);
  return { better: Number(row?.better ?? 0), groups: Number(row?.groups ?? 0), ahead: Number(row?.ahead ?? 0) };
}

/** How many scores the board took in the last minute; looks back over at most 10,000. */
export async function countRecentEvents(sqlClient: Sql, uid: number): Promise<number> {
  const [row] = await sqlClient<{ events: number }[]>`
    select count(*)::int as events from (
      select created_at from score_events where board_uid = ${uid} order by seq desc limit 10000
    ) recent where created_at > now() - interval '1 minute'`;
  return row?.events ?? 0;
}

/** Players by board uid; boards without any are left out. Reads them all: for while the rank index is away. */
export async function countPlayers(sqlClient: Sql, uids: readonly number[]): Promise<Map<number, number>> {
  const rows = await sqlClient<{ uid: number; total: number }[]>`
    select board_uid as uid, count(*) as total from standings
    where board_uid = any(${uids as number[]}::int4[]) group by board_uid`;
  return new Map(rows.map(({ uid, total }) => [uid, total]));
}

export async function hasStandings(db: Queryable, uid: number): Promise<boolean> {
  const rows = await db.execute(sql`select from standings where board_uid = ${uid} limit 1`);
  return rows.length > 0;
}

async function select(db: Queryable, where: SQL): Promise<StoredStanding[]> {
  const rows = await db.execute<StandingRow & Record<string, unknown>>(sql`select ${columns} from standings ${where}`);
  return rows.map(toStoredStanding);
}

function column(i: number): SQL {
  return sql.raw(["score", "t1", "t2", "t3", "t4"][i] ?? "score");
}

function boardOrder(board: Pick<Board, "order" | "tiebreaks">): SQL {
  const terms = columnOrders(board).map((order, i) => sql`${column(i)} ${sql.raw(order)}`);
  return sql.join([...terms, sql`reached`, sql`player collate "C"`], sql`, `);
}

/** Lexicographic comparison with a direction for each column. */
function betterThan(board: Pick<Board, "order" | "tiebreaks">, values: readonly number[]): SQL {
  const alternatives = columnOrders(board).map((order, i) => {
    const equal = values.slice(0, i).map((value, before) => sql`${column(before)} = ${value}`);
    const ahead = sql`${column(i)} ${sql.raw(order === "asc" ? "<" : ">")} ${values[i] ?? 0}`;
    return sql`(${sql.join([...equal, ahead], sql` and `)})`;
  });
  return sql`(${sql.join(alternatives, sql` or `)})`;
}
