/** What happens between instances and those who talk to them. */
import type { Fault, World } from "./fault";
import { openHerd } from "./herd";

const herdStreams = 2_000;
/** So many that none comes round again while a post is repeated. */
const rotatedKeys = 20;

export const viewerFaults: readonly Fault[] = [
  {
    name: "answers lost",
    what: "a third of the answers to writers lost after the work was done",
    inject: (world) => losing(world, "answer", 1 / 3),
  },
  {
    name: "api key rotated",
    what: "a third of the answers to writers lost, and their API key replaced before they try again",
    async inject(world) {
      const { cluster } = world;
      const keys = await cluster.newAuthorizations(rotatedKeys);
      let next = 0;
      return losing(world, "answer", 1 / 3, () => {
        cluster.authorization = keys[next++ % rotatedKeys] ?? "";
      });
    },
  },
  {
    name: "events lost",
    what: "a fifth of the deltas lost between instance and viewer, unnoticed by either",
    quiet: true,
    inject: (world) => losing(world, "event", 1 / 5),
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

/** @param probability of losing each answer to a writer, or each delta of a stream */
async function losing(
  { cluster: { balancer }, random, felt }: World,
  what: "answer" | "event",
  probability: number,
  onLost: () => void = () => undefined,
) {
  const before = balancer.loses;
  let count = 0;
  const lost = () => {
    const is = random.chance(probability);
    if (!is) return false;
    count++;
    onLost();
    return true;
  };
  balancer.loses = { ...before, [what]: lost };
  return async () => {
    balancer.loses = before;
    felt(count);
  };
}
