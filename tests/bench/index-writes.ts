/** The rank index alone: Rungs' beside a bare sorted set and redis-rank, all on one Redis, called from this process. */
import { createClient } from "@redis/client";
import { Redis } from "ioredis";
import { Leaderboard } from "redis-rank";
import { openRankIndex } from "@/lib/rank-index/open-rank-index";
import type { IndexBoard, StandingChange } from "@/lib/rank-index/rank-index";
import { seededRandom } from "@/tests/support/seeded-random";
import { silentLog } from "@/tests/support/silent-log";
import type { BenchContext, BenchTable } from "./part";
import { Samples } from "./samples";

const board: IndexBoard = { uid: 1, order: "desc", tiebreaks: [], rankStyle: "competition", revision: 1 };
/** Batches under way at a time, so that the round trip is not what is measured. */
const callers = 4;

const about = [
  "Only Rungs answers ranks before and after, keeps names, breaks ties by who came first, and refuses old news.",
  "Called from the benchmark's own process, without Postgres or HTTP.",
];

interface Contender {
  name: string;
  /** Takes scores that are all improvements. */
  take(changes: StandingChange[]): Promise<unknown>;
  close(): Promise<unknown>;
}

export async function measureIndexPart(context: BenchContext, redisUrl: string): Promise<BenchTable[]> {
  const contenders = await Promise.all([openRungs(redisUrl), openBare(redisUrl), openRedisRank(redisUrl)]);
  const size = context.smoke ? { ms: 50, players: 100 } : { ms: 1_000, players: 10_000 };
  const tables: BenchTable[] = [];
  try {
    for (const batch of [1, 100]) {
      const perSecond = new Samples();
      for (let round = 0; round <= context.rounds; round++) {
        for (const { name, take } of contenders) {
          const rate = await measure(take, batch, size);
          // The first round warms up.
          if (round > 0) perSecond.add(name, rate);
        }
      }
      const title = `The index alone, ${batch === 1 ? "single scores" : `batches of ${batch}`}, ${callers} at a time`;
      tables.push(perSecond.table({ title, unit: "scores/s", better: "more" }, { notes: about }));
    }
    return tables;
  } finally {
    await Promise.all(contenders.map((contender) => contender.close()));
  }
}

let seq = 0;

async function measure(take: Contender["take"], batch: number, size: { ms: number; players: number }): Promise<number> {
  const startedAt = performance.now();
  let scores = 0;
  const caller = async (seed: number) => {
    const { whole } = seededRandom(seed);
    const next = (): StandingChange => {
      seq++;
      const id = `player-${whole(0, size.players - 1)}`;
      return { player: id, name: id, values: [seq], reached: seq, seq };
    };
    while (performance.now() - startedAt < size.ms) {
      await take(Array.from({ length: batch }, next));
      scores += batch;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, i) => caller(i + 1)));
  return (scores * 1000) / (performance.now() - startedAt);
}

async function openRungs(url: string): Promise<Contender> {
  const { index } = openRankIndex(
    { kind: "tcp", url },
    { keyspace: "bench", publicUrl: "", listening: false, onForeign: () => undefined, instances: null, ...silentLog() },
  );
  await index.rebuild(board, { log: async () => ({ lastChange: 0, digest: "" }), standings: async function* () {} });
  return {
    name: "Rungs' rank index",
    take: (changes) => index.apply(board, changes, [...new Set(changes.map(({ player }) => player))]),
    close: () => index.close(),
  };
}

async function openBare(url: string): Promise<Contender> {
  const client = await createClient({ url }).connect();
  return {
    name: "bare ZADD",
    take: (changes) =>
      client.zAdd(
        "bench:bare",
        changes.map(({ player, seq }) => ({ value: player, score: seq })),
      ),
    close: () => client.close(),
  };
}

async function openRedisRank(url: string): Promise<Contender> {
  const client = new Redis(url);
  const leaderboard = new Leaderboard(client, "bench:redis-rank", { sortPolicy: "high-to-low", updatePolicy: "best" });
  return {
    name: "redis-rank",
    take: (changes) => leaderboard.update(changes.map(({ player, seq }) => ({ id: player, value: seq }))),
    close: () => client.quit(),
  };
}
