/** What becomes of the way between pages and everything that serves them; and of streams while instances start. */
import { allStrangers, answeredByEach } from "@/tests/support/stranger";
import type { Connection, Tamper } from "@/tests/support/tcp-proxy";
import type { Fault, World } from "./fault";

/** Longer than the 15 s in which a page has to notice. */
const holdMs = { silent: 16_000, hung: 20_000, stranger: 20_000 };
/** Of each reply of Postgres: an instance takes some seconds to start. */
const slowStartMs = 150;

export const pageFaults: readonly Fault[] = [
  {
    name: "viewer link silent",
    what: "connections of pages stay open and carry nothing, for ever; new ones work",
    pages: true,
    holdMs: holdMs.silent,
    async inject({ link, history, felt }) {
      felt(link.freeze());
      history.add({ type: "link", lost: "connections" });
      return async () => undefined;
    },
  },
  {
    name: "viewer link hung",
    what: "the same, and new ones carry nothing either; what was sent meanwhile never arrives",
    pages: true,
    holdMs: holdMs.hung,
    inject: (world) => {
      let hanging = true;
      return broken(
        world,
        swallow(() => hanging),
        async () => {
          hanging = false;
        },
      );
    },
  },
  {
    name: "viewer link answered by a stranger",
    what: "pages get replies of proxies and networks: errors, pages, other JSON, `Retry-After: 300`",
    pages: true,
    holdMs: holdMs.stranger,
    async inject(world) {
      const { link, felt } = world;
      let turn = 0;
      const next = () => allStrangers[turn++ % allStrangers.length] ?? "404";
      const heal = await broken(world, answeredByEach(next), () => link.pass());
      link.cut();
      return async () => {
        felt(Math.floor(turn / allStrangers.length));
        await heal();
        link.cut();
      };
    },
  },
  {
    name: "instances restarted",
    what: "kill -9 of all instances, started again at once, which takes some seconds",
    pages: true,
    async inject({ cluster: { members } }) {
      for (const { postgres } of members) postgres.delay(slowStartMs, "to-client");
      await Promise.all(members.map(({ instance }) => instance.kill()));
      await Promise.all(members.map(({ instance }) => instance.start()));
      return async () => {
        await Promise.all(members.map(({ postgres }) => postgres.pass()));
      };
    },
  },
];

async function broken({ link, history }: World, tamper: Tamper, heal: () => Promise<void>) {
  link.tamper(tamper);
  history.add({ type: "link", lost: "everything" });
  return heal;
}

/** What is sent meanwhile is lost, and so is what its connection would carry from then on. */
function swallow(isHanging: () => boolean): Tamper {
  const lost = new Set<Connection>();
  return (chunk, way, connection) => {
    if (isHanging()) lost.add(connection);
    if (!lost.has(connection)) connection.send(way, chunk);
  };
}
