/** The least that building an index can be: standings copied out of Postgres as they come, into Redis without waiting. */
import { createClient } from "@redis/client";
import postgres from "postgres";
import { freed } from "./freed";
import type { ServerStores } from "./server-stores";

const batch = 1_000;
const batchesUnderWay = 8;

/**
 * Seconds it took for all standings of a board.
 * @param names also into a hash of names, without which no page can be shown
 */
export async function bareRebuild(stores: ServerStores, uid: number, { names }: { names: boolean }): Promise<number> {
  const sql = postgres(stores.databaseUrl, { max: 1, onnotice: () => undefined });
  const redis = await createClient({ url: stores.redisUrl }).connect();
  try {
    // Connected.
    await sql`select 1`;
    const startedAt = performance.now();
    const rows =
      await sql`copy (select player, score, name from standings where board_uid = ${sql.unsafe(String(uid))}) to stdout`.readable();
    let underWay: Promise<unknown>[] = [];
    let [scores, players]: [string[], string[]] = [[], []];
    const flush = async () => {
      if (scores.length === 0) return;
      underWay.push(redis.sendCommand(["ZADD", "bench:scores", ...scores]));
      if (names) underWay.push(redis.sendCommand(["HSET", "bench:names", ...players]));
      [scores, players] = [[], []];
      if (underWay.length < batchesUnderWay) return;
      await Promise.all(underWay);
      underWay = [];
    };
    let rest = "";
    for await (const chunk of rows) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [player = "", score = "", name = ""] = line.split("\t");
        scores.push(score, player);
        if (names) players.push(player, name);
        if (scores.length === 2 * batch) await flush();
      }
    }
    await flush();
    await Promise.all(underWay);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await redis.unlink(["bench:scores", "bench:names"]);
    await freed(redis);
    redis.destroy();
    await sql.end();
  }
}
