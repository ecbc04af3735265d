/** What happens to a Redis Cluster of three masters with a replica each. */
import { poll } from "@/lib/embedded/deadline";
import type { Fault } from "./fault";

/** Node timeout, election, and a busy machine. */
const promotedMs = 20_000;

export const redisClusterFaults: readonly Fault[] = [
  {
    name: "redis cluster node lost",
    what: "kill -9 of a master of a Redis Cluster that holds boards; its replica takes over; it comes back as one, or not",
    onRedisCluster: true,
    async inject({ cluster: { redisCluster }, random, felt, note }) {
      if (!redisCluster) throw new Error("there is no Redis Cluster");
      const { masters, servers } = redisCluster;
      const keys = await Promise.all(masters.map(({ command }) => command("DBSIZE").then(Number)));
      const holding = masters.filter((_, i) => (keys[i] ?? 0) > 0);
      const lost = holding[random.whole(0, holding.length - 1)];
      if (!lost) throw new Error("no master holds any board");
      const at = masters.indexOf(lost);
      felt(keys[at] ?? 0);
      // A node that comes back redirects requests, so that an instance need not ask again where the slots are.
      const comesBack = random.chance(0.5);
      note(`master ${at}, ${comesBack ? "comes back" : "stays away"}`);
      lost.signal("SIGKILL");
      return async () => {
        const replica = servers[masters.length + at];
        const promoted = () =>
          replica?.command("ROLE").then((role) => (String(role).startsWith("master") ? true : undefined));
        if (!(await poll(promoted, promotedMs))) throw new Error("the replica was not promoted");
        if (!comesBack) return;
        lost.signal("start");
        await lost.ready();
      };
    },
  },
];
