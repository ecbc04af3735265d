/** A board's order as SQL says it. */
import { type SQL, sql } from "drizzle-orm";
import type { Queryable } from "@/db/client";
import type { Board } from "@/lib/domain/board";
import type { Standing } from "@/lib/domain/ranking";
import { columnOrders } from "@/lib/domain/score";
import { type StandingRow, type StoredStanding, toStoredStanding } from "./scores";

export type OrderedBoard = Pick<Board, "uid" | "order" | "tiebreaks">;

/** A board uses the first of them. */
export const valueColumns = ["score", "t1", "t2", "t3", "t4"];

const columns = sql.raw("player, name, score, t1, t2, t3, t4, reached, seq");

export async function selectStandings(db: Queryable, where: SQL): Promise<StoredStanding[]> {
  return selectFrom(db, sql`standings ${where}`);
}

/** @param from a table with all columns of a standing, and what comes after it */
export async function selectFrom(db: Queryable, from: SQL): Promise<StoredStanding[]> {
  const rows = await db.execute<StandingRow & Record<string, unknown>>(sql`select ${columns} from ${from}`);
  return rows.map(toStoredStanding);
}

/** What comes after `order by`, best first or last. */
export function boardOrder(board: OrderedBoard, first: "best" | "last" = "best"): string {
  const orders = [...columnOrders(board), "asc", "asc"] as const;
  const terms = [...valueColumns.slice(0, orders.length - 2), "reached", 'player collate "C"'];
  return terms.map((term, i) => `${term} ${(orders[i] === "asc") === (first === "best") ? "asc" : "desc"}`).join(", ");
}

/** Has better values, by lexicographic comparison with a direction for each column. */
export function betterThan(board: OrderedBoard, values: Standing["values"]): SQL {
  const alternatives = columnOrders(board).map((order, i) => {
    const ahead = sql`${column(i)} ${sql.raw(order === "asc" ? "<" : ">")} ${values[i] ?? 0}`;
    return sql`(${sql.join([...equal(values.slice(0, i)), ahead], sql` and `)})`;
  });
  return sql`(${sql.join(alternatives, sql` or `)})`;
}

/** Stands before it in the whole order. */
export function aheadOf(board: OrderedBoard, { values, reached, player }: Standing): SQL {
  const earlier = sql`(reached, player collate "C") < (${reached}::int8, ${player})`;
  return sql`(${betterThan(board, values)} or (${sql.join([...equal(values), earlier], sql` and `)}))`;
}

function equal(values: Standing["values"]): SQL[] {
  return values.map((value, i) => sql`${column(i)} = ${value}`);
}

function column(i: number): SQL {
  return sql.raw(valueColumns[i] ?? "score");
}
