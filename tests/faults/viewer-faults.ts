/** What happens between instances and those who talk to them. */
import type { Fault, World } from "./fault";
import { openHerd } from "./herd";

const herdStreams = 2_000;

export const viewerFaults: readonly Fault[] = [
  {
    name: "answers lost",
    what: "a third of the answers to writers lost after the work was done",
    inject: (world) => losing(world, { answer: () => world.random.chance(0.33), event: () => false }),
  },
  {
    name: "events lost",
    what: "a fifth of the deltas lost between instance and viewer, unnoticed by either",
    quiet: true,
    inject: (world) => losing(world, { answer: () => false, event: () => world.random.chance(0.2) }),
  },
  {
    name: "readers stalled",
    what: "viewers that stop reading and keep their connection for a while",
    async inject({ streams, random }) {
      for (const stream of streams) if (random.chance(0.5)) stream.stall();
      return async () => {
        for (const stream of streams) stream.resume();
      };
    },
  },
  {
    name: "herd returns",
    what: "2,000 streams cut and back at once, each with its cursor, at another instance",
    async inject({ cluster, history, join }) {
      const herd = await openHerd({
        ports: cluster.members.map(({ instance }) => instance.port),
        board: "sum",
        streams: herdStreams,
        history,
      });
      join(herd);
      await herd.returnAtOnce();
      return async () => undefined;
    },
  },
];

async function losing({ cluster: { balancer } }: World, loses: World["cluster"]["balancer"]["loses"]) {
  const before = balancer.loses;
  balancer.loses = loses;
  return async () => {
    balancer.loses = before;
  };
}
