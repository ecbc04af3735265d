/**
 * What a board's size costs: 10 thousand players beside 1 million, with shared ranks and two tiebreaks, and the same
 * asked of SQL. RUNGS_BENCH_PLAYERS=10000000 adds a board of 10 million, which takes long and several gigabytes of disk.
 * Calls are those that the HTTP routes make, one after the other, in this process: HTTP would add the same to each size.
 */
import { createClient } from "@redis/client";
import postgres from "postgres";
import { readKeyspace } from "@/db/keyspace";
import { readPlayer } from "@/lib/leaderboard/read-player";
import { boardKeys } from "@/lib/rank-index/redis-scripts";
import type { Services } from "@/lib/services";
import { startRungs } from "@/tests/bench/contenders";
import { buildIndex, createLargeBoard, servicesOn } from "@/tests/bench/large-board";
import type { BenchContext, BenchTable, Part } from "@/tests/bench/part";
import { percentile } from "@/tests/bench/percentile";
import { Samples } from "@/tests/bench/samples";
import { type Operation, operations, type Size, side } from "@/tests/bench/scale-operations";
import { type ServerStores, storesOf } from "@/tests/bench/server-stores";
import { SqlBoard } from "@/tests/bench/sql-board";
import { untilIdle } from "@/tests/bench/until-idle";
import { seededRandom } from "@/tests/support/seeded-random";

export const scale: Part = {
  name: "scale",
  what: "Rank, around, page and post on boards of 10 thousand and 1 million players, beside SQL",
  run,
};

const bytesPerPlayerMax = 250;
const growthMax = 1.5;

async function run(context: BenchContext): Promise<BenchTable[]> {
  const server = await startRungs();
  const stores = storesOf(server);
  const services = await servicesOn(stores);
  const sql = postgres(stores.databaseUrl, { max: 4, onnotice: () => undefined });
  const redis = await createClient({ url: stores.redisUrl }).connect();
  try {
    const sizes = await makeBoards(context, stores, services, sql);
    if (!context.smoke) await untilIdle(server);
    const tables: BenchTable[] = [];
    for (const operation of operations(services)) tables.push(...(await measure(context, operation, sizes, redis)));
    tables.push(await bytesPerPlayer(sizes, services, redis));
    return tables;
  } finally {
    redis.destroy();
    await sql.end();
    await services.close();
  }
}

async function makeBoards(
  { smoke, say }: BenchContext,
  stores: ServerStores,
  services: Services,
  sql: postgres.Sql,
): Promise<Size[]> {
  const more = Number(process.env.RUNGS_BENCH_PLAYERS ?? 0);
  const sizes: Size[] = [];
  for (const players of smoke ? [100, 500] : [10_000, 1_000_000, ...(more > 1_000_000 ? [more] : [])]) {
    say(`making a board of ${players.toLocaleString("en")} players`);
    const board = await createLargeBoard(stores, services, `players-${players}`, players);
    await buildIndex(services, board, players);
    const label = `${players.toLocaleString("en")} players`;
    sizes.push({ players, label, board, peer: new SqlBoard(sql, board.uid) });
  }
  say("copying the standings for SQL");
  await SqlBoard.copyStandings(sql);
  for (const size of sizes) await compare(services, size);
  return sizes;
}

/** Both have to say the same, and Rungs from its index, or there is nothing to measure. */
async function compare(services: Services, { board, peer, players }: Size): Promise<void> {
  for (const number of [1, Math.floor(players / 3), players]) {
    const player = `player-${number}`;
    const [ours, theirs] = [await readPlayer(services, board, player, side), await peer.around(player, side)];
    const same = ours.around.every((entry, i) => entry.player === theirs.rows[i]?.player);
    if (ours.stale || ours.entry.rank !== theirs.rank || (!same && isAmid(ours.entry.position, players))) {
      throw new Error(`Rungs and SQL do not agree on ${player} of ${players}`);
    }
  }
}

/** At the edges Rungs fills up what SQL leaves out. */
function isAmid(position: number, players: number): boolean {
  return position > side && position <= players - side;
}

type Redis = ReturnType<typeof createClient>;

async function measure(
  context: BenchContext,
  operation: Operation,
  sizes: readonly Size[],
  redis: Pick<Redis, "info" | "sendCommand">,
): Promise<BenchTable[]> {
  const [times, inside] = [new Samples(), new Samples()];
  for (let round = 0; round <= context.rounds; round++) {
    context.say(`${operation.title}, ${round === 0 ? "warming up" : `round ${round}`}`);
    for (const size of sizes) {
      const random = seededRandom(round + 1);
      const player = () => random.whole(1, size.players);
      await redis.sendCommand(["CONFIG", "RESETSTAT"]);
      const rungs = await callFor(context, () => operation.rungs(size, player()));
      const scripts = /cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(await redis.info("commandstats"))?.[1];
      const sql = await callFor(context, () => operation.sql(size, player()));
      if (round === 0) continue;
      times.add(`Rungs, ${size.label}`, median(rungs));
      times.add(`SQL, ${size.label}`, median(sql));
      inside.add(`Rungs, ${size.label}`, scripts === undefined ? null : Number(scripts));
    }
  }
  const [small, large] = sizes;
  const growth = {
    of: `Rungs, ${large?.label}`,
    to: `Rungs, ${small?.label}`,
    bound: "at most",
    ratio: growthMax,
  } as const;
  const ahead = { of: `SQL, ${large?.label}`, to: `Rungs, ${large?.label}`, bound: "at least" } as const;
  const targets = [growth, ...(operation.ahead ? [{ ...ahead, ratio: operation.ahead }] : [])];
  const notes = [
    "Medians of calls one after the other, in process, on the same Postgres; SQL on a copy with the best index.",
  ];
  return [
    times.table({ title: operation.title, unit: "ms", better: "less" }, { targets, notes }),
    inside.table(
      { title: `${operation.title}: time of Redis`, unit: "µs/call", better: "less" },
      { targets: [growth], notes: ["As Redis itself counts it, by script."] },
    ),
  ];
}

function median(times: readonly number[]): number {
  return percentile(Float64Array.from(times).sort(), 0.5);
}

const calls = { max: 200, min: 3, ms: 1_500 };

/** Calls again and again, for a while or up to a number; milliseconds of each. */
async function callFor({ smoke }: BenchContext, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const until = performance.now() + (smoke ? 0 : calls.ms);
  while (times.length < calls.min || (times.length < calls.max && performance.now() < until)) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  return times;
}

async function bytesPerPlayer(
  sizes: readonly Size[],
  { database }: Services,
  redis: Pick<Redis, "memoryUsage">,
): Promise<BenchTable> {
  const bytes = new Samples();
  const keyspace = await readKeyspace(database.sql);
  for (const { board, players, label } of sizes) {
    const { z, h, m, g } = boardKeys(keyspace, board.uid);
    const used = await Promise.all([z, h, m, g].map((key) => redis.memoryUsage(key, { SAMPLES: 0 })));
    bytes.add(`Rungs, ${label}`, used.reduce<number>((sum, one) => sum + (one ?? 0), 0) / players);
  }
  const large = sizes[1]?.label;
  return bytes.table(
    { title: "The index in Redis", unit: "bytes/player", better: "less" },
    {
      targets: [{ of: `Rungs, ${large}`, to: null, bound: "at most", ratio: bytesPerPlayerMax }],
      notes: [
        "MEMORY USAGE of the board's keys: two tiebreaks, ids such as player-123456 and names such as Player 123456.",
      ],
    },
  );
}
