import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "@/db/client";
import type { StoredStanding } from "@/db/queries/scores";
import { allStandings, findStandings } from "@/db/queries/standings";
import type { Board } from "@/lib/domain/board";
import { anyText } from "@/tests/support/any-text";
import { createTestDatabase } from "@/tests/support/postgres";

let database: Database;

beforeAll(async () => {
  database = openDatabase(await createTestDatabase());
});
afterAll(() => database?.close());

const orders = ["desc", "asc", "asc", "desc"] as const;
const board: Pick<Board, "uid" | "order" | "tiebreaks"> = {
  uid: 7,
  order: "desc",
  tiebreaks: orders.map((order, i) => ({ name: `t${i}`, order })),
};

async function read(): Promise<StoredStanding[]> {
  const found: StoredStanding[] = [];
  for await (const part of allStandings(database, board)) found.push(...part);
  return found;
}

const byPlayer = (standings: StoredStanding[]) => new Map(standings.map((one) => [one.player, one]));

test("a board has no standings before the first score", async () => {
  expect(await read()).toEqual([]);
});

test("every standing of a board is read once and exactly, whatever its ids and names, in as many chunks as it takes", async () => {
  const { sql } = database;
  const text = anyText(20).filter((one) => one !== "" && !one.includes("\0"));
  const texts = [...new Set(fc.sample(text, { numRuns: 200, seed: 4 }))];
  const most = Number.MAX_SAFE_INTEGER;
  await sql`
    insert into standings (board_uid, player, name, score, t1, t2, t3, t4, reached, seq)
    select uid, 'p' || i, 'n' || i, i % 1000, -i, i % 7, 0, i, i, i
    from generate_series(1, 45000) as i, unnest(array[7, 8]) as uid`;
  await sql`
    insert into standings (board_uid, player, name, score, t1, t2, t3, t4, reached, seq)
    select 7, player, reverse(player), ${most}::int8, ${-most}::int8, 0, 1, 2, ${most}::int8, ${most}::int8
    from unnest(${texts}::text[]) as player`;
  const found = await read();
  const players = (await sql<{ player: string }[]>`select player from standings where board_uid = 7`).map(
    ({ player }) => player,
  );
  expect(found).toHaveLength(45_000 + texts.length);
  expect(byPlayer(found)).toEqual(byPlayer(await findStandings(database.db, 7, players)));
});
