/**
 * The rank index in Redis (layout and scripts: redis-scripts.ts). Every method is one round trip, but for `rebuild` and
 * for an `apply` beyond `changesAtomicMax`. All state is in Redis, so any number of instances share it.
 */
import { type RankedStanding, rankInOrder } from "@/lib/domain/ranking";
import { columnOrders } from "@/lib/domain/score";
import { groupBy } from "@/lib/group-by";
import type { RedisClient } from "@/lib/redis/client";
import type { IndexBoard, IndexState, RankIndex } from "./rank-index";
import { applyInRedis } from "./redis-apply";
import { decodeEntries } from "./redis-codec";
import { rebuildInRedis } from "./redis-rebuild";
import {
  boardKeys,
  changeMessage,
  dropScript,
  pageScript,
  playerScript,
  probeKeys,
  probeScript,
} from "./redis-scripts";
import { indexArguments, RedisStore, type StateReply, stateOf } from "./redis-store";

export interface RedisRankIndexOptions {
  client: Pick<RedisClient, "redis" | "nodeOf" | "tags">;
  /** Several installations can share a Redis. */
  installationId: string;
  /** Receives the board of an index that was deleted because it belongs to another history. */
  onForeign(uid: number): void;
}

/** Boards asked about in one request. */
const statesMax = 1_000;
/** For a probe that a server did not finish. */
const probeKeysMs = 60_000;
const stateFields = ["epoch", "digest", "version", "revision", "total", "through", "sum"] as const;

type PageReply = [...StateReply, firstRank: number, entries: string[]];
type PlayerReply = [
  ...StateReply,
  position: number,
  ahead: number,
  firstPosition: number,
  firstRank: number,
  around: string[],
  nextPosition: number,
  nextRank: number,
  next: string[],
];

export function createRedisRankIndex({ client, installationId, onForeign }: RedisRankIndexOptions): RankIndex {
  const store = new RedisStore(client, installationId);
  const target = { store, installationId, onForeign };
  const keysOf = (board: IndexBoard) => {
    const { z, h, m, g } = boardKeys(installationId, board.uid);
    return [z, h, m, g];
  };

  const shardOf = (uid: number) => client.nodeOf(metaKey(uid));
  const metaKey = (uid: number) => boardKeys(installationId, uid).m;

  /** Of boards on one node of a Cluster, or of any boards where there is one Redis. */
  async function readStates(node: string, asked: number[], found: Map<number, IndexState>): Promise<void> {
    const replies = await store.ask((redis) => {
      const pipeline = redis.pipeline();
      for (const uid of asked) pipeline.hmget(metaKey(uid), ...stateFields);
      return pipeline.exec<(string | null)[][]>();
    }, node);
    for (const [j, uid] of asked.entries()) {
      const [epoch, digest, ...numbers] = replies[j] ?? [];
      if (!epoch || !digest) continue;
      const [version = 0, revision = 0, total = 0, through = 0, seqSum = 0] = numbers.map(Number);
      found.set(uid, { epoch, version, revision, total, through, digest, seqSum });
    }
  }

  return {
    apply: (board, changes, report, steps = []) => applyInRedis(target, board, { changes, report, steps }),
    rebuild: (board, source) => rebuildInRedis(target, board, source),

    shardOf,
    async states(uids) {
      const found = new Map<number, IndexState>();
      for (let i = 0; i < uids.length; i += statesMax) {
        const byNode = groupBy(uids.slice(i, i + statesMax), shardOf);
        await Promise.all([...byNode].map(([node, asked]) => readStates(node, asked, found)));
      }
      return found;
    },

    async page(board, offset, limit) {
      const last = Math.min(offset + limit - 1, Number.MAX_SAFE_INTEGER);
      const range = limit > 0 ? [offset, last] : [1, 0];
      const reply = await store.run<PageReply>(pageScript, keysOf(board), [...indexArguments(board), ...range]);
      if (!reply) return null;
      const standings = decodeEntries(columnOrders(board), reply[8]);
      const first = { position: offset + 1, rank: reply[7] };
      return { ...stateOf(reply), entries: rankInOrder(board.rankStyle, standings, first) };
    },

    async player(board, player, around) {
      const args = [...indexArguments(board), player, around];
      const reply = await store.run<PlayerReply | StateReply>(playerScript, keysOf(board), args);
      if (!reply) return null;
      return { ...stateOf(reply), found: isFound(reply) ? foundOf(board, reply) : null };
    },

    async drop(uid, epoch = "") {
      const { z, h, m, g, rebuild } = boardKeys(installationId, uid);
      const args = [store.channel, changeMessage(uid, null), epoch];
      const announced = await store.run<number>(dropScript, [z, h, m, g, rebuild], args);
      await store.announce(announced ?? 0, uid, null);
    },

    async probe(shard) {
      const tags = await store.ask(() => client.tags());
      const keys = tags.map((tag) => probeKeys(installationId, tag));
      const asked = keys.filter(({ z }) => shard === undefined || client.nodeOf(z) === shard);
      const probes = asked.map(({ z, h, s, copy }) => {
        return store.run<number>(probeScript, [z, h, s, copy], [probeKeysMs, Math.ceil(probeKeysMs / 1_000)]);
      });
      await Promise.all(probes);
    },

    /** The connection belongs to whoever made it. */
    async close() {},
  };
}

function isFound(reply: PlayerReply | StateReply): reply is PlayerReply {
  return reply.length > 7;
}

function foundOf(board: IndexBoard, reply: PlayerReply) {
  const [, , , , , , , position, ahead, firstPosition, firstRank, flat, nextPosition, nextRank, nextFlat] = reply;
  const orders = columnOrders(board);
  const rank = (entries: string[], first: { position: number; rank: number }) =>
    rankInOrder(board.rankStyle, decodeEntries(orders, entries), first);
  const around = rank(flat, { position: firstPosition, rank: firstRank });
  const [next = null] = rank(nextFlat, { position: nextPosition, rank: nextRank });
  const entry = around[position - firstPosition] as RankedStanding;
  return { entry, ahead, next, around };
}
