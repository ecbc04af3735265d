import type { ViewerExchange } from "@/lib/domain/viewers";
import type { RedisSettings } from "@/lib/env";
import type { Logger } from "@/lib/logger";
import { createRedisChangeFeed } from "@/lib/redis/change-feed";
import { checkRedis } from "@/lib/redis/check-redis";
import { createRedis, guardRedis } from "@/lib/redis/client";
import { EvictionWatch } from "@/lib/redis/eviction-watch";
import { InstanceRegistry, type Instances } from "@/lib/redis/instance-registry";
import { createViewerExchange } from "@/lib/redis/viewer-exchange";
import type { StorageErrors } from "@/lib/storage-errors";
import { failureMessage } from "@/lib/storage-failure";
import { createInProcessChangeFeed } from "./in-process-change-feed";
import { createInProcessRankIndex } from "./in-process-rank-index";
import type { ChangeFeed, RankIndex } from "./rank-index";
import { createRedisRankIndex } from "./redis-rank-index";
import { changesChannel, probeKeys } from "./redis-scripts";

const evictionEveryMs = 60_000;

export interface OpenOptions {
  /** Names what belongs to this database in a Redis that others use too. */
  keyspace: string;
  publicUrl: string;
  logger: Logger;
  storageErrors: StorageErrors;
  /** False leaves out the feed, for a command that soon ends. */
  listening: boolean;
  /** Receives the board of an index that a write deleted because it belongs to another history. */
  onForeign(uid: number): void;
  /** Of the database; null where no other database can have the same keys. */
  instances: Instances | null;
}

export interface OpenRankIndex {
  index: RankIndex;
  feed: ChangeFeed | null;
  viewerExchange: ViewerExchange | null;
  /**
   * Why the index cannot be used at present, else null. Needed once before it is used. Throws a `StartError` for a mistake
   * in the settings, and where another database uses the same keys, unless nobody is listening.
   */
  check(): Promise<string | null>;
  /** Settings that an operator should correct although everything works, in words. */
  troubles(): string[];
}

/** The rank index the settings ask for: in Redis, else in this process. */
export function openRankIndex(settings: RedisSettings | undefined, options: OpenOptions): OpenRankIndex {
  const { keyspace, logger, storageErrors, listening, onForeign, instances } = options;
  if (!settings) {
    const feed = createInProcessChangeFeed({ logger });
    const index = createInProcessRankIndex({ announce: feed.announce, onForeign });
    return { index, feed, viewerExchange: null, check: async () => null, troubles: () => [] };
  }
  const unguarded = createRedis(settings);
  const registry = instances && new InstanceRegistry({ ...options, redis: unguarded.redis, instances });
  const client = registry ? guardRedis(unguarded, () => registry.refusal()) : unguarded;
  const { redis } = client;
  const index = createRedisRankIndex({ client, installationId: keyspace, onForeign });
  const eviction = new EvictionWatch({ client, keyOf: (tag) => probeKeys(keyspace, tag).z, logger });
  const looking = listening ? setInterval(() => void eviction.look(), evictionEveryMs).unref() : undefined;
  return {
    index: {
      ...index,
      async close() {
        clearInterval(looking);
        await registry?.close();
        await Promise.all([index.close(), client.close()]);
      },
    },
    feed: listening ? createRedisChangeFeed({ redis, installationId: keyspace, logger, storageErrors }) : null,
    viewerExchange: createViewerExchange(redis, keyspace),
    async check() {
      const admit = async () => registry?.admit();
      // A command does without an index that it cannot use.
      if (!listening) return admit().then(() => null, failureMessage);
      const probe = () => index.probe();
      const channel = changesChannel(keyspace);
      const trouble = await checkRedis({ client: unguarded, settings, channel, admit, probe, logger });
      if (!trouble) await eviction.look();
      return trouble;
    },
    troubles: () => eviction.troubles(),
  };
}
