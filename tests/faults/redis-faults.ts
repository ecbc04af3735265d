/** A Redis that answers and does not do all that is asked of it: it refuses writes, or loses keys. */
import { setTimeout as wait } from "node:timers/promises";
import { createClient } from "@redis/client";
import type { Random } from "@/tests/support/seeded-random";
import type { Fault, World } from "./fault";
import { fillBoard, passingBoard } from "./passing-board";
import type { RedisServer } from "./redis-server";
import { limits } from "./violation";

/** Longer than an unmarked board may be out of date, so that one that is not marked would be found. */
const refusingMs = 14_000;
const pressureMs = 150;
const ballastBytes = 256 * 1024;
const ballastKeys = 10;
const unlinked = 0.3;
/** Gives time between the parts of a rebuild. */
const rebuildDelayMs = 100;
const copiesSeenEveryMs = 15;
const copiesEvicted = 0.7;
const flushEveryMs = 2_000;
const firstCopyMs = 10_000;
const spoiltPlayers = 3;

export const redisFaults: readonly Fault[] = [
  {
    name: "redis full",
    what: "Redis has no memory left and evicts nothing: it answers reads and refuses writes",
    holdMs: refusingMs,
    async inject({ stores: { redis }, felt }) {
      const before = await refusals(redis, "OOM");
      await redis.command("CONFIG", "SET", "maxmemory", String(Math.floor((await usedMemory(redis)) / 2)));
      return async () => {
        await redis.command("CONFIG", "SET", "maxmemory", "0");
        felt((await refusals(redis, "OOM")) - before);
      };
    },
  },
  {
    name: "redis read-only",
    what: "Redis becomes a replica whose primary is away, a board is deleted meanwhile, and it is promoted again",
    holdMs: refusingMs,
    async inject(world) {
      const { cluster, history, log, felt } = world;
      const { redis } = world.stores;
      const board = passingBoard("deleted");
      await fillBoard(world, board);
      const before = await refusals(redis, "READONLY");
      await redis.command("REPLICAOF", "127.0.0.1", "1");
      await log.look();
      await log.over(() => cluster.remove(board));
      history.add({ type: "removed", board: board.id });
      return async () => {
        await redis.command("REPLICAOF", "NO", "ONE");
        felt((await refusals(redis, "READONLY")) - before);
      };
    },
  },
  {
    name: "keys evicted",
    what: "Redis evicts keys for want of memory, by random or by age; single keys of boards are unlinked besides",
    inject: evictKeys,
  },
  {
    name: "keys evicted during a rebuild",
    what: "FLUSHALL every two seconds, and most copies in the making lose one of their keys, or all",
    async inject(world) {
      const { stores, cluster, history, felt } = world;
      // By then every player has been there for longer than an answer may be old.
      await wait(Math.max(0, limits.served.poll + limits.cached + 1_000 - history.now()));
      for (const { redis } of cluster.members) redis.delay(rebuildDelayMs, "to-server");
      const eviction = await evictCopies(world);
      const flush = () => stores.redis.command("FLUSHALL");
      await flush();
      await Promise.race([eviction.first, wait(firstCopyMs)]);
      const flushing = setInterval(() => void flush().catch(() => undefined), flushEveryMs);
      return async () => {
        clearInterval(flushing);
        felt(await eviction.stop());
        for (const { redis } of cluster.members) await redis.pass();
      };
    },
  },
  {
    name: "index entries lost",
    what: "some players vanish from each index, which is whole in itself otherwise",
    async inject({ stores: { redis }, history, felt }) {
      history.add({ type: "spoilt" });
      felt(await loseEntries(redis));
      return async () => undefined;
    },
  },
];

async function evictKeys({ stores: { redis }, random, note, felt }: World): Promise<() => Promise<void>> {
  const policy = random.pick(["allkeys-lru", "allkeys-random"]);
  note(policy);
  const client = await connect(redis);
  const evictions = await connect(redis);
  let count = 0;
  await evictions.subscribe("__keyevent@0__:evicted", (key) => {
    if (key.startsWith("rungs:")) count++;
  });
  const maxmemory = (await usedMemory(redis)) + ballastKeys * ballastBytes;
  await client.configSet({ "notify-keyspace-events": "Ee", "maxmemory-policy": policy, maxmemory: String(maxmemory) });
  let over = false;
  const pressing = (async () => {
    for (let i = 0; !over; i++) {
      await client.set(`ballast:${i}`, Buffer.alloc(ballastBytes));
      if (random.chance(unlinked)) count += await unlinkOne(client, random);
      await wait(pressureMs);
    }
  })();
  return async () => {
    over = true;
    await pressing;
    await client.configSet({ "notify-keyspace-events": "", "maxmemory-policy": "noeviction", maxmemory: "0" });
    const ballast = await client.keys("ballast:*");
    if (ballast.length > 0) await client.unlink(ballast);
    for (const one of [client, evictions]) one.destroy();
    felt(count);
  };
}

async function unlinkOne(client: Client, random: Random): Promise<number> {
  const keys = await client.keys("rungs:*");
  return keys.length > 0 ? client.unlink(random.pick(keys.sort())) : 0;
}

/** Evicts from copies in the making; in the end gives from how many. */
async function evictCopies({ stores: { redis }, random }: World) {
  const client = await connect(redis);
  let struck = () => {};
  const first = new Promise<void>((resolve) => {
    struck = resolve;
  });
  const seen = new Set<string>();
  let over = false;
  let count = 0;
  const evicting = (async () => {
    while (!over) {
      for (const key of await client.keys("rungs:*:t:*:z")) {
        if (seen.has(key)) continue;
        seen.add(key);
        if (seen.size > 1 && !random.chance(copiesEvicted)) continue;
        const keys = ["z", "h", "g"].map((kind) => key.replace(/z$/, kind));
        if ((await client.unlink(random.chance(0.5) ? keys : random.pick(keys))) === 0) continue;
        count++;
        struck();
      }
      await wait(copiesSeenEveryMs);
    }
  })();
  return {
    first,
    async stop(): Promise<number> {
      over = true;
      await evicting;
      client.destroy();
      return count;
    },
  };
}

/** Takes entries out of index and total alike, so that they agree with each other. Gives how many. */
async function loseEntries(redis: RedisServer): Promise<number> {
  const script = `
    local z, h, m = unpack(KEYS)
    local lost = 0
    for _, member in ipairs(redis.call('ZRANDMEMBER', z, ARGV[1])) do
      local player = string.match(member, 'p%d+$')
      lost = lost + redis.call('ZREM', z, member) + redis.call('HDEL', h, player)
    end
    redis.call('HSET', m, 'total', redis.call('ZCARD', z))
    return lost`;
  const client = await connect(redis);
  let lost = 0;
  for (const meta of await client.keys("rungs:*:m")) {
    const keys = ["z", "h", "m"].map((kind) => meta.replace(/m$/, kind));
    lost += Number(await client.eval(script, { keys, arguments: [String(spoiltPlayers)] })) / 2;
  }
  client.destroy();
  return lost;
}

type Client = Awaited<ReturnType<typeof connect>>;

async function connect({ url }: RedisServer) {
  return createClient({ url })
    .on("error", () => undefined)
    .connect();
}

async function usedMemory(redis: RedisServer): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(String(await redis.command("INFO", "memory")))?.[1]);
}

/** How many commands were refused for this reason since Redis started. */
async function refusals(redis: RedisServer, reason: "OOM" | "READONLY"): Promise<number> {
  const found = new RegExp(`errorstat_${reason}:count=(\\d+)`).exec(String(await redis.command("INFO", "errorstats")));
  return Number(found?.[1] ?? 0);
}
