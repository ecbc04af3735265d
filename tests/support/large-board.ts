/** Fills a board by SQL: posting a million scores would take longer than a test may. */
import postgres from "postgres";

/** Players `player-1` to `player-<players>`, the first with the highest score; the board must have no scores yet. */
export async function fillBySql(databaseUrl: string, board: string, players: number): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    await sql.begin(async (tx) => {
      const [row] = await tx<{ uid: number }[]>`select uid from boards where id = ${board} for update`;
      const uid = row?.uid ?? -1;
      await tx`
        insert into standings (board_uid, player, name, score, reached, seq)
        select ${uid}::int4, 'player-' || i, 'Player ' || i, 10 * (${players}::int8 - i), i, i
        from generate_series(1, ${players}::int8) as i`;
      await tx`
        insert into score_events (board_uid, seq, player, score, applied)
        select board_uid, seq, player, score, true from standings where board_uid = ${uid} order by seq`;
      await tx`
        update boards set seq = ${players}, last_change = ${players}, players = ${players},
          seq_sum = (select sum(seq) from standings where board_uid = ${uid})
        where uid = ${uid}`;
    });
    await sql`analyze standings, score_events`;
  } finally {
    await sql.end();
  }
}
