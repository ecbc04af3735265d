/** What can become of the way to a store: the same for Redis and for Postgres. */
import type { TcpProxy } from "@/tests/support/tcp-proxy";
import type { Member } from "./cluster";
import { type Fault, oneMember, someMembers, type World } from "./fault";
import { breakReplies, closeAtStart, type Fate, onChanges } from "./tampering";

type Store = "postgres" | "redis";

const slowMs = 2_000;
/** Below the time limit of a command, so that it arrives late and counts. */
const lateMs = 700;
const brokenReplies = 0.15;

export const linkFaults: readonly Fault[] = [
  ...(["redis", "postgres"] as const).flatMap((store): Fault[] => [
    onLink(store, "refused", "connections cut, new ones refused", (proxy) => proxy.refuse()),
    onLink(store, "hung", "connections stay open and carry nothing", (proxy) => proxy.hang()),
    onLink(store, "slow", "every reply 2 s later", (proxy) => proxy.delay(slowMs, "to-client")),
    onLink(store, "reset", "connections reset in the middle of a reply", (proxy, { random }) =>
      proxy.tamper(breakReplies("reset", brokenReplies, random)),
    ),
    onLink(store, "truncated", "connections ended in the middle of a reply", (proxy, { random }) =>
      proxy.tamper(breakReplies("end", brokenReplies, random)),
    ),
  ]),
  onLink("postgres", "closing", "connections ended while they start up", (proxy) => {
    proxy.tamper(closeAtStart);
    proxy.cut();
  }),
  {
    name: "redis late for one",
    what: "one instance's commands reach Redis 0.7 s late, past those of the others",
    quiet: true,
    inject: async (world) => heal([oneMember(world)], "redis", (proxy) => proxy.delay(lateMs, "to-server")),
  },
  onSubscription("messages lost", "all change messages lost", () => () => undefined),
  onSubscription("messages duplicated", "every change message twice", () => (message, send) => {
    send(message);
    send(message);
  }),
  onSubscription(
    "messages reordered",
    "change messages held back up to 0.8 s and overtaken",
    ({ random }) =>
      (message, send) =>
        void setTimeout(() => send(message), random.whole(0, 800)),
  ),
  {
    name: "subscription ended",
    what: "subscriptions end in order, as if Redis had closed them",
    async inject(world) {
      const ended = someMembers(world).map(({ redis }) => redis.end((connection) => connection.marked));
      world.felt(Math.min(...ended));
      return async () => undefined;
    },
  },
  {
    name: "subscription silent",
    what: "subscriptions stay open and carry nothing, for ever; new ones work",
    probeAfterMs: 17_000,
    async inject(world) {
      const silent = someMembers(world).map(({ redis }) => redis.freeze((connection) => connection.marked));
      world.felt(Math.min(...silent));
      return async () => undefined;
    },
  },
];

function onLink(
  store: Store,
  name: string,
  what: string,
  fail: (proxy: TcpProxy, world: World) => Promise<void> | void,
): Fault {
  const inject = async (world: World) => heal(someMembers(world), store, (proxy) => fail(proxy, world));
  return { name: `${store} ${name}`, what, inject };
}

function onSubscription(name: string, what: string, fateIn: (world: World) => Fate): Fault {
  return {
    name,
    what,
    quiet: true,
    async inject(world) {
      const fate = fateIn(world);
      let count = 0;
      let over = false;
      // Stays in place when all is well again: it may hold the first half of a message.
      const counted: Fate = (message, send) => {
        if (over) return send(message);
        count++;
        fate(message, send);
      };
      for (const { redis } of world.cluster.members) redis.tamper(onChanges(counted));
      return async () => {
        over = true;
        world.felt(count);
      };
    },
  };
}

async function heal(
  members: readonly Member[],
  store: Store,
  fail: (proxy: TcpProxy) => Promise<void> | void,
): Promise<() => Promise<void>> {
  await Promise.all(members.map((member) => fail(member[store])));
  return async () => {
    await Promise.all(members.map((member) => member[store].pass()));
  };
}
