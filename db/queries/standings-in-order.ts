/** A board in order while the rank index is away. Every read goes over the whole board, most sort what they find. */
import { sql } from "drizzle-orm";
import type { Database, Queryable, Transaction } from "@/db/client";
import type { Board } from "@/lib/domain/board";
import type { Standing } from "@/lib/domain/ranking";
import { aheadOf, betterThan, boardOrder, type OrderedBoard, selectStandings } from "./board-order";
import type { StoredStanding } from "./scores";

export interface StandingsPage {
  total: number;
  /** Number of the board's last event, read in the same snapshot. */
  seq: number;
  standings: StoredStanding[];
}

export async function pageOfStandings(
  database: Database,
  board: OrderedBoard,
  offset: number,
  limit: number,
): Promise<StandingsPage> {
  return inOneSnapshot(database, async (tx) => {
    const [counted] = await tx.execute<{ total: number; seq: number }>(sql`
      select (select count(*) from standings where board_uid = ${board.uid}) as total,
             (select seq from boards where uid = ${board.uid}) as seq`);
    const inOrder = sql.raw(boardOrder(board));
    const standings = await selectStandings(
      tx,
      sql`where board_uid = ${board.uid} order by ${inOrder} limit ${limit} offset ${offset}`,
    );
    return { total: Number(counted?.total ?? 0), seq: Number(counted?.seq ?? 0), standings };
  });
}

/** Runs reads that have to agree with each other. */
export function inOneSnapshot<T>({ db }: Database, read: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.transaction(read, { isolationLevel: "repeatable read", accessMode: "read only" });
}

export interface Place {
  /** Players strictly ahead by score and tiebreaks. */
  better: number;
  rank: number;
  position: number;
  total: number;
  /** Number of the board's last event. */
  seq: number;
}

export async function findPlace(db: Queryable, board: Board, standing: Standing): Promise<Place> {
  const ofBoard = sql`from standings where board_uid = ${board.uid}`;
  const better = betterThan(board, standing.values);
  const distinct = sql`(select count(*) from (select distinct score, t1, t2, t3, t4 ${ofBoard} and ${better}) as found)`;
  const [row] = await db.execute<Record<"better" | "groups" | "ahead" | "total" | "seq", number>>(sql`
    select count(*) filter (where ${better}) as better,
           count(*) filter (where ${aheadOf(board, standing)}) as ahead,
           ${board.rankStyle === "dense" ? distinct : sql`0`} as groups,
           count(*) as total,
           (select seq from boards where uid = ${board.uid}) as seq
    ${ofBoard}`);
  const number = (name: keyof NonNullable<typeof row>) => Number(row?.[name] ?? 0);
  const before = { competition: number("better"), dense: number("groups"), ordinal: number("ahead") };
  return {
    better: number("better"),
    rank: before[board.rankStyle] + 1,
    position: number("ahead") + 1,
    total: number("total"),
    seq: number("seq"),
  };
}

/** The standing in order between up to so many before it and after. */
export async function findAround(
  db: Queryable,
  board: OrderedBoard,
  standing: Standing,
  { before, after }: { before: number; after: number },
): Promise<StoredStanding[]> {
  const ahead = aheadOf(board, standing);
  const [ascending, descending] = [sql.raw(boardOrder(board)), sql.raw(boardOrder(board, "last"))];
  const ofBoard = sql`where board_uid = ${board.uid}`;
  const earlier = await selectStandings(db, sql`${ofBoard} and ${ahead} order by ${descending} limit ${before}`);
  const later = await selectStandings(db, sql`${ofBoard} and not ${ahead} order by ${ascending} limit ${after + 1}`);
  return [...earlier.reverse(), ...later];
}

/** The closest with a better rank; null for the first. */
export async function findNext(db: Queryable, board: Board, standing: Standing): Promise<StoredStanding | null> {
  const better = board.rankStyle === "ordinal" ? aheadOf(board, standing) : betterThan(board, standing.values);
  const nearestFirst = sql.raw(boardOrder(board, "last"));
  const where = sql`where board_uid = ${board.uid} and ${better} order by ${nearestFirst} limit 1`;
  return (await selectStandings(db, where))[0] ?? null;
}
