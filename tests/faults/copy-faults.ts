/** A second installation on a copy of the database, as staging is made from production, with the same Redis. */
import { setTimeout as wait } from "node:timers/promises";
import { poll } from "@/lib/embedded/deadline";
import { inSession } from "@/lib/embedded/postgres-session";
import { createHttpClient } from "@/tests/support/http-client";
import { runBoards } from "./boards";
import type { Fault, World } from "./fault";
import type { Instance } from "./instances";

const postEveryMs = 100;
const renewalMs = 10_000;

export const copyFaults: readonly Fault[] = [
  {
    name: "database copied",
    what: "another instance on a copy of the database uses the same Redis and takes scores of its own",
    async inject(world) {
      const { stores, cluster, log, felt } = world;
      const copy = await log.over(() => stores.copyBeside(cluster.databaseUrl));
      const instance = await cluster.startBeside(copy.url);
      const end = takeScores(world, instance);
      return async () => {
        const count = await end();
        await copy.drop();
        felt(count);
      };
    },
  },
  {
    name: "database copied physically",
    what: "a byte copy of Postgres beside it; an instance on that with the same Redis is refused, else takes scores of its own",
    async inject(world) {
      const { stores, cluster, felt, note } = world;
      const copy = await stores.copyPhysically(cluster.databaseUrl);
      await leasesRenewed(cluster.databaseUrl, copy.url);
      const instance = await cluster.startBeside(copy.url).catch(nullIfRefused);
      note(instance ? "the copy was not refused" : "the copy was refused");
      const end = instance && takeScores(world, instance);
      return async () => {
        await end?.();
        await copy.stop();
        felt(instance ? 0 : 1);
      };
    },
  },
];

/** The copy has the leases of the original's instances. Only after their renewal do they differ. */
async function leasesRenewed(original: string, copy: string): Promise<void> {
  const copied = await leaseEnds(copy);
  const areRenewed = async () => (await leaseEnds(original)).first > copied.last || undefined;
  if (!(await poll(areRenewed, renewalMs))) throw new Error("an instance did not renew its lease");
}

/** In milliseconds. */
async function leaseEnds(url: string): Promise<{ first: number; last: number }> {
  const [row] = await inSession(
    url,
    (sql) => sql<{ first: Date; last: Date }[]>`
      select min(expires_at) as first, max(expires_at) as last from instance_leases`,
  );
  return { first: Number(row?.first), last: Number(row?.last) };
}

function nullIfRefused(error: Error): null {
  if (error.message.includes("is used by a copy of this database, or by its original")) return null;
  throw error;
}

/** Scores that nobody else posts go to this instance. Gives how to end it, which gives how many posts it took. */
function takeScores({ cluster, random, newItem }: World, instance: Instance): () => Promise<number> {
  const http = createHttpClient(instance.port);
  let over = false;
  let count = 0;
  const posting = (async () => {
    while (!over) {
      const board = random.pick(runBoards);
      const headers = { authorization: cluster.authorization, "content-type": "application/json" };
      const body = JSON.stringify({ scores: [newItem(board)] });
      const path = `/api/v1/boards/${board.id}/scores`;
      const reply = await http.send({ method: "POST", path, headers, body }).catch(() => undefined);
      if (reply?.status === 200) count++;
      await wait(postEveryMs);
    }
  })();
  return async () => {
    over = true;
    await posting;
    http.close();
    await instance.kill();
    return count;
  };
}
