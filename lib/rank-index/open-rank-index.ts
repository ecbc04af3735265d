import type { ViewerExchange } from "@/lib/domain/viewers";
import type { RedisSettings } from "@/lib/env";
import type { Logger } from "@/lib/logger";
import { createRedisChangeFeed } from "@/lib/redis/change-feed";
import { checkRedis } from "@/lib/redis/check-redis";
import { createRedis } from "@/lib/redis/client";
import { joinRegistry } from "@/lib/redis/database-registry";
import { createViewerExchange } from "@/lib/redis/viewer-exchange";
import type { StorageErrors } from "@/lib/storage-errors";
import { createInProcessChangeFeed } from "./in-process-change-feed";
import { createInProcessRankIndex } from "./in-process-rank-index";
import type { ChangeFeed, RankIndex } from "./rank-index";
import { createRedisRankIndex } from "./redis-rank-index";
import { changesChannel } from "./redis-scripts";

export interface OpenOptions {
  /** Names what belongs to this database in a Redis that others use too. */
  keyspace: string;
  publicUrl: string;
  logger: Logger;
  storageErrors: StorageErrors;
  /** False leaves out the feed. */
  listening: boolean;
}

export interface OpenRankIndex {
  index: RankIndex;
  feed: ChangeFeed | null;
  viewerExchange: ViewerExchange | null;
  /** Why the index cannot be used at present, else null. Throws a `StartError` for a mistake in the settings. */
  check(): Promise<string | null>;
}

/** The rank index the settings ask for: in Redis, else in this process. */
export function openRankIndex(settings: RedisSettings | undefined, options: OpenOptions): OpenRankIndex {
  const { keyspace, publicUrl, logger, storageErrors, listening } = options;
  const onForeign = (uid: number) =>
    logger.warn(
      { component: "rank index", uid },
      "rank index belongs to another history of the board; deleted for rebuild",
    );
  if (!settings) {
    const feed = createInProcessChangeFeed({ logger });
    const index = createInProcessRankIndex({ announce: feed.announce, onForeign });
    return { index, feed, viewerExchange: null, check: async () => null };
  }
  const client = createRedis(settings);
  const { redis } = client;
  const index = createRedisRankIndex({ client, installationId: keyspace, onForeign });
  const registry = listening ? joinRegistry({ redis, keyspace, publicUrl, logger }) : null;
  return {
    index: {
      ...index,
      async close() {
        registry?.close();
        await Promise.all([index.close(), client.close()]);
      },
    },
    feed: listening ? createRedisChangeFeed({ redis, installationId: keyspace, logger, storageErrors }) : null,
    viewerExchange: createViewerExchange(redis, keyspace),
    check: () =>
      checkRedis({ client, settings, channel: changesChannel(keyspace), probe: () => index.probe(), logger }),
  };
}
