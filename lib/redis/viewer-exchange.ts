/** Where instances tell each other how many watch each board. Lost without harm: it is told anew every few seconds. */
import { randomBytes } from "node:crypto";
import type { Redis } from "@upstash/redis";
import type { ViewerCounts, ViewerExchange } from "@/lib/domain/viewers";

/** What an instance told counts for so long. */
const tellMs = 15_000;
const membersS = 3_600;

export function createViewerExchange(redis: Redis, installationId: string): ViewerExchange {
  const members = `rungs:${installationId}:viewers`;
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

    async others(boardId) {
      const instances = (await redis.smembers(members)).filter((instance) => instance !== self);
      if (instances.length === 0) return { polling: 0, streaming: 0 };
      const pipeline = redis.pipeline();
      for (const instance of instances) pipeline.hget(keyOf(instance), boardId);
      const told = await pipeline.exec<(string | null)[]>();
      return told.map(parse).reduce((sum, { polling, streaming }) => {
        return { polling: sum.polling + polling, streaming: sum.streaming + streaming };
      });
    },
  };
}

function parse(told: string | null): ViewerCounts {
  const [polling = 0, streaming = 0] = (told ?? "0 0").split(" ").map(Number);
  return { polling, streaming };
}
