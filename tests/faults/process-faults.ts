/** Processes that die, and what they come back with. */
import { setTimeout as wait } from "node:timers/promises";
import { inSession } from "@/lib/embedded/postgres-session";
import { type Fault, oneMember } from "./fault";
import { swallowFrom } from "./tampering";

const outageMs = { instance: 1_000, redis: 1_000 };
/** Lets some more work pile up behind the first that is caught. */
const pileUpMs = 150;
const catchMs = 5_000;
/** One instance at a time judges a board, so it takes a while until it is this one's turn. */
const keeperCatchMs = 15_000;

export const processFaults: readonly Fault[] = [
  {
    name: "instance killed",
    what: "kill -9 of an instance, started again a second later",
    async inject(world) {
      const { instance } = oneMember(world);
      await instance.kill();
      return async () => {
        await wait(outageMs.instance);
        await instance.start();
      };
    },
  },
  {
    name: "relay killed",
    what: "kill -9 of an instance after the index has heard of a change and before the outbox knows",
    async inject(world) {
      const { instance, postgres } = oneMember(world);
      const caught = new Promise<boolean>((resolve) => {
        postgres.tamper(swallowFrom("delete from index_outbox", () => resolve(true)));
        setTimeout(() => resolve(false), catchMs).unref();
      });
      // New connections have to say what they mean before they can say it by number.
      postgres.cut();
      world.felt((await caught) ? 1 : 0);
      await wait(pileUpMs);
      await instance.kill();
      return async () => {
        await postgres.pass();
        await instance.start();
      };
    },
  },
  {
    name: "keeper killed",
    what: "kill -9 of an instance just before it stores items of inboxes",
    async inject(world) {
      const { instance, postgres } = oneMember(world);
      const caught = new Promise<boolean>((resolve) => {
        postgres.tamper(swallowFrom("insert into inbox_items", () => resolve(true)));
        setTimeout(() => resolve(false), keeperCatchMs).unref();
      });
      // New connections have to say what they mean before they can say it by number.
      postgres.cut();
      world.felt((await caught) ? 1 : 0);
      await instance.kill();
      return async () => {
        await postgres.pass();
        await instance.start();
      };
    },
  },
  {
    name: "flushall",
    what: "FLUSHALL in Redis",
    async inject({ stores }) {
      await stores.redis.command("FLUSHALL");
      return async () => undefined;
    },
  },
  {
    name: "redis killed",
    what: "kill -9 of Redis, started again empty",
    async inject({ stores }) {
      await stores.redis.kill();
      return async () => {
        await stores.redis.start("nothing");
      };
    },
  },
  {
    name: "redis from an old dump",
    what: "kill -9 of Redis, started again with what it held two seconds before",
    async inject({ stores }) {
      await stores.redis.save();
      await wait(2_000);
      await stores.redis.kill();
      await wait(outageMs.redis);
      await stores.redis.start("old");
      return async () => undefined;
    },
  },
  {
    name: "redis from an old dump in silence",
    what: "the same while nobody writes any more: nothing but Redis itself tells of it",
    quiet: true,
    holdMs: 1_500,
    async inject({ stores }) {
      await stores.redis.save();
      return async () => {
        await stores.redis.kill();
        await stores.redis.start("old");
      };
    },
  },
  {
    name: "postgres killed",
    what: "kill -9 of Postgres, started again at once, recovering",
    async inject({ stores }) {
      await stores.killPostgres();
      return async () => undefined;
    },
  },
  {
    name: "postgres terminating",
    what: "sessions ended by an administrator, again and again",
    async inject({ cluster }) {
      let over = false;
      const terminating = (async () => {
        while (!over) {
          await inSession(
            cluster.databaseUrl,
            (sql) => sql`select pg_terminate_backend(pid) from pg_stat_activity
              where application_name = 'rungs' and datname = current_database()`,
          );
          await wait(300);
        }
      })();
      return async () => {
        over = true;
        await terminating;
      };
    },
  },
  {
    name: "disk full",
    what: "no byte left on the disk of Postgres",
    unavailable: ({ disk }) => (disk ? undefined : "needs root and Linux, for a small disk of its own"),
    async inject({ stores }) {
      await stores.disk?.fill();
      return async () => {
        await stores.disk?.free();
      };
    },
  },
  clock("clock ahead", "the clock of one instance stepped 10 minutes ahead, and back", 600_000),
  clock("clock behind", "the clock of one instance stepped 10 minutes back, and not set right", -600_000),
];

function clock(name: string, what: string, ms: number): Fault {
  return {
    name,
    what,
    async inject(world) {
      const { instance } = oneMember(world);
      instance.stepClock(ms);
      return async () => {
        if (ms > 0) instance.stepClock(0);
      };
    },
  };
}
