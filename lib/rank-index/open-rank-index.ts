import type { ViewerExchange } from "@/lib/domain/viewers";
import type { RedisSettings } from "@/lib/env";
import type { Logger } from "@/lib/logger";
import { createRedisChangeFeed } from "@/lib/redis/change-feed";
import { createRedis } from "@/lib/redis/client";
import { createViewerExchange } from "@/lib/redis/viewer-exchange";
import type { StorageErrors } from "@/lib/storage-errors";
import { createInProcessChangeFeed } from "./in-process-change-feed";
import { createInProcessRankIndex } from "./in-process-rank-index";
import type { ChangeFeed, RankIndex } from "./rank-index";
import { createRedisRankIndex } from "./redis-rank-index";

/** The rank index the settings ask for: in Redis, else in this process. `listening: false` leaves out the feed. */
export function openRankIndex(
  settings: RedisSettings | undefined,
  installationId: string,
  { logger, storageErrors }: { logger: Logger; storageErrors: StorageErrors },
  listening: boolean,
): { index: RankIndex; feed: ChangeFeed | null; viewerExchange: ViewerExchange | null } {
  const onForeign = (uid: number) =>
    logger.warn(
      { component: "rank index", uid },
      "rank index belongs to another history of the board; deleted for rebuild",
    );
  if (!settings) {
    const feed = createInProcessChangeFeed({ logger });
    return { index: createInProcessRankIndex({ announce: feed.announce, onForeign }), feed, viewerExchange: null };
  }
  const { redis, close } = createRedis(settings);
  const index = createRedisRankIndex({ redis, installationId, onForeign });
  return {
    index: { ...index, close: async () => void (await Promise.all([index.close(), close()])) },
    feed: listening ? createRedisChangeFeed({ redis, installationId, logger, storageErrors }) : null,
    viewerExchange: createViewerExchange(redis, installationId),
  };
}
