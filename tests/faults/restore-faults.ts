/** Postgres goes back to an earlier state while Redis keeps the later one. */
import { setTimeout as wait } from "node:timers/promises";
import { inSession } from "@/lib/embedded/postgres-session";
import { runBoards } from "./boards";
import type { Fault, World } from "./fault";
import type { LogWatch } from "./log-watch";
import { fillBoard, passingBoard } from "./passing-board";
import { limits } from "./violation";

const sessionMs = 30_000;
/** Longer than an unmarked board may be out of date. */
const outOfReachMs = limits.served.visit + 3_000;
const lost = passingBoard("lost");
const madeAnew = passingBoard("made-anew");
type Table = { name: string };

export const restoreFaults: readonly Fault[] = [
  {
    name: "postgres failed over",
    what: "a replica that lacks the last seconds takes over, and two new boards; one post covers the numbers of the lost ones",
    inject: (world) =>
      failOver(world, async (before) => {
        const changesLost = await coverLost(world, before);
        await fillBoard(world, madeAnew);
        return changesLost;
      }),
  },
  {
    name: "postgres failed over in silence",
    what: "the same, and nobody writes any more: only Postgres itself shows it",
    quiet: true,
    inject: (world) =>
      failOver(world, async (before) => countLost(before, await lastChanges(world.cluster.databaseUrl))),
  },
  {
    name: "postgres failed over out of reach",
    what: "the same, and for 9.5 s no instance reaches the Postgres that took over",
    quiet: true,
    async inject(world) {
      const links = world.cluster.members.map(({ postgres }) => postgres);
      const restore = await failOver(world, async (before) =>
        countLost(before, await lastChanges(world.cluster.databaseUrl)),
      );
      return async () => {
        await Promise.all(links.map((link) => link.refuse()));
        await restore();
        await wait(outOfReachMs);
        await Promise.all(links.map((link) => link.pass()));
      };
    },
  },
  {
    name: "postgres restored",
    what: "instances stopped, a dump from seconds before restored into a new database, instances started",
    async inject({ stores, cluster, history, log }) {
      const instances = cluster.members.map(({ instance }) => instance);
      const whileStopped = async (work: () => Promise<unknown>) => {
        await Promise.all(instances.map((instance) => instance.kill()));
        await work();
        await Promise.all(instances.map((instance) => instance.start()));
      };
      const since = history.now();
      await log.over(() => whileStopped(() => stores.copyDatabase(cluster.databaseUrl)));
      return async () => {
        await log.over(() =>
          whileStopped(async () => {
            await log.look();
            await stores.restoreDatabase(cluster.databaseUrl);
          }),
        );
        history.add({ type: "lost", since });
      };
    },
  },
];

/**
 * Takes the tables back to what they are now when the fault is healed; so they lack the boards that are made meanwhile.
 * @param changesLost how many changes the fault took away, from the last ones of each board before
 */
async function failOver(
  world: World,
  changesLost: (before: Awaited<ReturnType<typeof lastChanges>>) => Promise<number>,
): Promise<() => Promise<void>> {
  const { cluster, history, log, felt } = world;
  const since = history.now();
  await keepTables(cluster.databaseUrl);
  for (const board of [lost, madeAnew]) await fillBoard(world, board);
  return async () => {
    const before = await lastChanges(cluster.databaseUrl);
    await log.over(() => restoreTables(cluster.databaseUrl, log));
    history.add({ type: "lost", since });
    felt(await changesLost(before));
  };
}

async function keepTables(databaseUrl: string): Promise<void> {
  await inSession(
    databaseUrl,
    (sql) =>
      sql.begin("isolation level repeatable read", async (tx) => {
        const tables = await tx<Table[]>`select tablename as name from pg_tables where schemaname = 'public'`;
        await tx`create schema kept`;
        for (const { name } of tables) await tx`create table kept.${tx(name)} as table public.${tx(name)}`;
      }),
    sessionMs,
  );
}

/** All sessions end before and after it, as they would with the primary. */
async function restoreTables(databaseUrl: string, log: LogWatch): Promise<void> {
  await inSession(
    databaseUrl,
    (sql) =>
      sql.begin(async (tx) => {
        const endOthers = () => tx`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`;
        const tables = await tx<Table[]>`select tablename as name from pg_tables where schemaname = 'kept'`;
        await endOthers();
        await tx`lock table ${tx(tables.map(({ name }) => name))}`;
        // The last that Postgres held before it goes back.
        await log.look(tx);
        await tx`truncate ${tx(tables.map(({ name }) => name))}`;
        for (const { name } of tables) await tx`insert into public.${tx(name)} table kept.${tx(name)}`;
        await endOthers();
      }),
    sessionMs,
  );
}

async function lastChanges(databaseUrl: string): Promise<Map<string, number>> {
  const rows = await inSession(
    databaseUrl,
    (sql) => sql<{ id: string; lastChange: string }[]>`select id, last_change as "lastChange" from boards`,
  );
  return new Map(rows.map(({ id, lastChange }) => [id, Number(lastChange)]));
}

function countLost(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): number {
  return runBoards.reduce((sum, { id }) => sum + Math.max(0, (before.get(id) ?? 0) - (now.get(id) ?? 0)), 0);
}

/** One post for each board, of as many scores as were lost and one more. Gives how many were lost. */
async function coverLost({ cluster, post }: World, before: ReadonlyMap<string, number>): Promise<number> {
  const now = await lastChanges(cluster.databaseUrl);
  for (const board of runBoards) {
    const missing = Math.max(0, (before.get(board.id) ?? 0) - (now.get(board.id) ?? 0));
    await post(board, missing + 1);
  }
  return countLost(before, now);
}
