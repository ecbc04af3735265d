import { eq, sql } from "drizzle-orm";
import { organizerSessions, organizers, rateLimits } from "@/db/auth-schema";
import type { Queryable } from "@/db/client";

/** `burst` tries at once, and one more each `everyMs`. */
export interface Budget {
  key: string;
  burst: number;
  everyMs: number;
}

const nowMs = sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
const deletedMax = 1_000;

/**
 * Takes a try from a budget that all instances share. Returns 0, or the milliseconds until there is one again. A budget
 * is one number, the time at which all of it is there again (the generic cell rate algorithm, GCRA).
 */
export async function takeTry(db: Queryable, { key, burst, everyMs }: Budget): Promise<number> {
  const taken = await db.execute(sql`
    insert into ${rateLimits} as kept (id, key, count, last_request)
    values (gen_random_uuid()::text, ${key}, 1, ${nowMs} + ${everyMs})
    on conflict (key) do update
    set count = kept.count + 1, last_request = greatest(kept.last_request, ${nowMs}) + ${everyMs}
    where kept.last_request <= ${nowMs} + ${everyMs * (burst - 1)}
    returning 1`);
  if (taken.length > 0) return 0;
  const [row] = await db.execute<{ ms: string }>(sql`
    select greatest(1, last_request - ${nowMs} - ${everyMs * (burst - 1)}) as ms from ${rateLimits} where key = ${key}`);
  return Number(row?.ms ?? 1);
}

/** The budget is whole again. */
export async function restoreBudget(db: Queryable, key: string): Promise<void> {
  await db.delete(rateLimits).where(eq(rateLimits.key, key));
}

/** Of budgets that are whole nothing has to be kept. */
export async function deleteWholeBudgets(db: Queryable): Promise<void> {
  await db.execute(sql`
    delete from ${rateLimits} where id in (
      select id from ${rateLimits} where last_request < ${nowMs} limit ${deletedMax} for update skip locked)`);
}

/** Where an organizer has sessions. */
export async function findSessionAddresses(db: Queryable, email: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ address: organizerSessions.ipAddress })
    .from(organizerSessions)
    .innerJoin(organizers, eq(organizers.id, organizerSessions.userId))
    .where(sql`${organizers.email} = ${email} and ${organizerSessions.expiresAt} > now()`)
    .limit(deletedMax);
  return rows.flatMap(({ address }) => address ?? []);
}
