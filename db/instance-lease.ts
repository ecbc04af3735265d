/**
 * Says in the database whether an instance has to be the only one: one whose rank index no other can see. Each instance
 * has a row with a time by the database's clock, and renews it; no session is kept, so it works through any pooler.
 */
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { type Sql, type TransactionSql, withDeadline } from "./client";

export interface InstanceLease {
  id: string;
  /** For how long a renewal is good. */
  ms: number;
  /** When it ends unless it is renewed, in ms of the database's clock. */
  endsAt(): number;
  /** Calls the listener after each renewal. */
  onRenewed(listener: () => void): void;
  /** Gives it back. */
  close(): Promise<void>;
}

export interface LeaseOptions {
  sql: Sql;
  /** True: no other instance may be there, nor come. False: others may, if they do not have to be alone. */
  alone: boolean;
  /**
   * Whether no other process can hold a lease: Postgres belongs to a data folder that this process has locked. A lease
   * that is there was left by an instance that was killed, and is taken over at once.
   */
  owned?: boolean;
  /** It expired, and an instance came that this one cannot be together with. */
  onLost(): void;
  /** A renewal failed; the next one follows. */
  onFailure(error: unknown): void;
  timing?: LeaseTiming;
}

export interface LeaseTiming {
  /** How long a lease is good for. */
  leaseMs: number;
  renewEveryMs: number;
  /** How long to wait for another's to expire: that of an instance just killed is not renewed. */
  takeMs: number;
  tryEveryMs: number;
}

const usual: LeaseTiming = { leaseMs: 6_000, renewEveryMs: 2_000, takeMs: 8_000, tryEveryMs: 250 };
/** Any fixed number: leases are taken one after the other. */
const lockKey = 7_287_463;
const takeDeadlineMs = 15_000;
/** Of a stop, for a renewal under way, and for giving the lease back. */
const closeMs = 500;

/** Null when another instance is in the way. Rejects when Postgres fails. */
export async function takeInstanceLease(options: LeaseOptions): Promise<InstanceLease | null> {
  const { sql, alone, owned = false, onLost, onFailure, timing = usual } = options;
  const { leaseMs, renewEveryMs, takeMs, tryEveryMs } = timing;
  const id = randomUUID();
  const listeners: (() => void)[] = [];
  const closed = new AbortController();
  let endsAt = 0;

  /** False when another instance is in the way. @param leftBehind the leases that are there are of instances that were killed */
  async function take(leftBehind = false): Promise<boolean> {
    const taken = sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${lockKey})`;
      await tx`delete from instance_leases where expires_at < clock_timestamp()`;
      return tx<Ending[]>`
        insert into instance_leases (id, alone, expires_at)
        select ${id}::text, ${alone}::boolean, clock_timestamp() + ${leaseMs} * interval '1 millisecond'
        where ${leftBehind}::boolean
          or not exists (select from instance_leases where id <> ${id} and (alone or ${alone}::boolean))
        on conflict (id) do update set alone = excluded.alone, expires_at = excluded.expires_at
        returning ${ending(tx)}`;
    });
    return isHeld(await withDeadline(taken, takeDeadlineMs));
  }

  /** An expired row is as good as ever for as long as nobody has deleted it. Losing one in a crash does no harm. */
  async function renew(): Promise<boolean> {
    const rows = await withDeadline(sql<Ending[]>`
      with quick as (select set_config('synchronous_commit', 'off', true))
      update instance_leases set expires_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      from quick where id = ${id} returning ${ending(sql)}`);
    return isHeld(rows) || take();
  }

  function isHeld([row]: readonly Ending[]): boolean {
    endsAt = row?.endsAt ?? endsAt;
    return row !== undefined;
  }

  async function keep(): Promise<void> {
    for (;;) {
      await setTimeout(renewEveryMs, null, { signal: closed.signal, ref: false });
      try {
        if (!(await renew())) break;
        for (const listener of listeners) listener();
      } catch (error) {
        // While Postgres is away nobody else can take a lease either.
        onFailure(error);
      }
    }
    if (!closed.signal.aborted) onLost();
  }

  for (const since = performance.now(); !(await take(owned)); await setTimeout(tryEveryMs)) {
    if (performance.now() - since > takeMs) return null;
  }
  const keeping = keep().catch(() => undefined);
  return {
    id,
    ms: leaseMs,
    endsAt: () => endsAt,
    onRenewed: (listener) => void listeners.push(listener),
    async close() {
      closed.abort();
      // Otherwise it might take the lease again.
      await withDeadline(keeping, closeMs).catch(() => undefined);
      await withDeadline(sql`delete from instance_leases where id = ${id}`, closeMs).catch(() => undefined);
    },
  };
}

/** Those of the leases, by id with when they end at the earliest, that this database has. */
export async function leasesHeld(sql: Sql, endings: ReadonlyMap<string, number>): Promise<Set<string>> {
  const rows = await withDeadline(sql<(Ending & { id: string })[]>`
    select id, ${ending(sql)} from instance_leases
    where id = any(${[...endings.keys()]}) and expires_at > clock_timestamp()`);
  return new Set(rows.filter(({ id, endsAt }) => endsAt >= (endings.get(id) ?? 0)).map(({ id }) => id));
}

interface Ending {
  endsAt: number;
}

function ending(sql: Sql | TransactionSql) {
  return sql`floor(extract(epoch from expires_at) * 1000)::float8 as "endsAt"`;
}
