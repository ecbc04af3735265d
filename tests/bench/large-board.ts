/** Boards of any size, put into Postgres by itself and into the index by Rungs; posting a million scores would take long. */
import postgres from "postgres";
import { readLogs } from "@/db/queries/outbox";
import { allStandings } from "@/db/queries/standings";
import { type Board, createBoardInput } from "@/lib/domain/board";
import { readEnv } from "@/lib/env";
import { createBoard } from "@/lib/leaderboard/create-board";
import { createLogger } from "@/lib/logger";
import { createServices, type Services } from "@/lib/services";
import type { ServerStores } from "./server-stores";

/** Both descending, which lets SQL compare rows as wholes and so makes best use of an index. */
const settings = {
  rankStyle: "competition",
  tiebreaks: [
    { name: "solved", order: "desc" },
    { name: "speed", order: "desc" },
  ],
};

/** Rungs' services in this process, on the stores of a running server. */
export function servicesOn({ databaseUrl, redisUrl }: ServerStores): Promise<Services> {
  const env = {
    ...readEnv({ NODE_ENV: "production" }),
    databaseUrl,
    redis: { kind: "tcp" as const, url: redisUrl },
    // Nothing here signs sessions.
    authSecret: "nothing is signed in this benchmark",
  };
  return createServices(env, createLogger({ logLevel: "error" }), { background: false });
}

/**
 * A board with players `player-1` to `player-<players>`, about twenty to a score and most of them tied with others in
 * every column, each with the event that made the standing. The index is still to be built.
 */
export async function createLargeBoard(
  { databaseUrl }: ServerStores,
  services: Services,
  id: string,
  players: number,
): Promise<Board> {
  const board = await createBoard(services, createBoardInput.parse({ id, name: id, ...settings }));
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    await sql.begin(async (tx) => {
      await tx`
        insert into standings (board_uid, player, name, score, t1, t2, reached, seq)
        select ${board.uid}::int4, 'player-' || i, 'Player ' || i,
          abs(hashint8(i)::int8) % greatest(${players}::int8 / 20, 1), abs(hashint8(i + 7000000000)::int8) % 4,
          abs(hashint8(i + 9000000000)::int8) % 3, i, i
        from generate_series(1, ${players}::int8) as i`;
      await tx`
        insert into score_events (board_uid, seq, player, score, t1, t2, applied)
        select board_uid, seq, player, score, t1, t2, true from standings where board_uid = ${board.uid} order by seq`;
      await tx`
        update boards set seq = ${players}, last_change = ${players}, players = ${players},
          seq_sum = (select sum(seq) from standings where board_uid = ${board.uid})
        where uid = ${board.uid}`;
    });
    // So that neither side meets the autovacuum that so many new rows call for.
    await sql`vacuum (analyze) standings, score_events`;
  } finally {
    await sql.end();
  }
  return board;
}

/** Has Rungs build the board's index, and waits for it. */
export async function buildIndex({ index, database }: Services, board: Board, players: number): Promise<void> {
  const log = (await readLogs(database.sql, [board.uid])).get(board.uid) ?? { lastChange: players, digest: "" };
  const source = { log: async () => log, standings: () => allStandings(database, board) };
  if (!(await index.rebuild(board, source))) throw new Error(`somebody else is rebuilding ${board.id}`);
}
