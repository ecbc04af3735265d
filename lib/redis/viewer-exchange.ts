/** Where instances tell each other how many watch each board. Lost without harm: it is told anew every few seconds. */
import { randomBytes } from "node:crypto";
import type { Redis } from "@upstash/redis";
import type { ViewerCounts, ViewerExchange } from "@/lib/domain/viewers";

/** What an instance told counts for so long. */
const tellMs = 15_000;
const membersS = 3_600;

export function createViewerExchange(redis: Redis, installationId: string): ViewerExchange {
  // All in one slot of a Cluster, so that they can be asked for in one request.
  const members = `rungs:${installationId}:{viewers}`;
  const self = randomBytes(6).toString("hex");
  const keyOf = (instance: string) => `${members}:${instance}`;
  return {
    async tell(counts) {
      const pipeline = redis.pipeline();
      pipeline.del(keyOf(self));
      if (counts.size > 0) {
        const told = [...counts].map(([board, { polling, streaming }]) => [board, `${polling} ${streaming}`]);
        pipeline.hset(keyOf(self), Object.fromEntries(told));
        pipeline.pexpire(keyOf(self), tellMs);
        pipeline.sadd(members, self);
        pipeline.expire(members, membersS);
      }
      await pipeline.exec();
    },

    async others(boardIds) {
      const sums = new Map(boardIds.map((boardId) => [boardId, { polling: 0, streaming: 0 }]));
      const instances = (await redis.smembers(members)).filter((instance) => instance !== self);
      const asked = instances.flatMap((instance) => [...sums].map(([boardId, sum]) => ({ instance, boardId, sum })));
      if (asked.length === 0) return sums;
      const pipeline = redis.pipeline();
      for (const { instance, boardId } of asked) pipeline.hget(keyOf(instance), boardId);
      const told = await pipeline.exec<(string | null)[]>();
      for (const [i, { sum }] of asked.entries()) {
        const { polling, streaming } = parse(told[i] ?? null);
        sum.polling += polling;
        sum.streaming += streaming;
      }
      return sums;
    },
  };
}

function parse(told: string | null): ViewerCounts {
  const [polling = 0, streaming = 0] = (told ?? "0 0").split(" ").map(Number);
  return { polling, streaming };
}
