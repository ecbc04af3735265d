import { randomBytes } from "node:crypto";
import type { RedisSettings } from "@/lib/env";
import { createInProcessChangeFeed } from "@/lib/rank-index/in-process-change-feed";
import { createInProcessRankIndex } from "@/lib/rank-index/in-process-rank-index";
import { createRedisRankIndex } from "@/lib/rank-index/redis-rank-index";
import { createRedisChangeFeed } from "@/lib/redis/change-feed";
import { createRedis } from "@/lib/redis/client";
import { redisUrl } from "@/tests/support/redis";
import { silentLog } from "@/tests/support/silent-log";
import { startUpstashServer } from "@/tests/support/upstash-server";
import { describeRankIndex, type Subject } from "./rank-index-suite";

/** This suite is about what is answered, not how fast. */
const patientMs = 10_000;

describeRankIndex("in this process", 300, async () => {
  const feed = createInProcessChangeFeed(silentLog());
  const foreign: number[] = [];
  const index = createInProcessRankIndex({ announce: feed.announce, onForeign: (uid) => foreign.push(uid) });
  return { index, feed, foreign, close: () => feed.close() };
});

describeRankIndex("in Redis over TCP", 100, () => inRedis({ kind: "tcp", url: redisUrl() }));

describeRankIndex("in Redis over Upstash's REST API", 40, async () => {
  const server = await startUpstashServer({ redisUrl: redisUrl() });
  const subject = await inRedis({ kind: "rest", url: server.url, token: server.token });
  return {
    ...subject,
    async close() {
      await subject.close();
      await server.close();
    },
  };
});

async function inRedis(settings: RedisSettings): Promise<Subject> {
  const client = createRedis(settings, patientMs);
  const { redis, close } = client;
  const installationId = randomBytes(5).toString("hex");
  const feed = createRedisChangeFeed({ redis, installationId, ...silentLog() });
  const foreign: number[] = [];
  return {
    index: createRedisRankIndex({ client, installationId, onForeign: (uid) => foreign.push(uid) }),
    feed,
    foreign,
    async close() {
      await feed.close();
      await close();
    },
  };
}
