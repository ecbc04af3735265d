/**
 * Says on the database itself whether an instance has to be the only one: one whose rank index no other can see. Held
 * by a session of its own for as long as the process lives; Postgres lets go of it when the connection ends.
 */
import { setTimeout } from "node:timers/promises";
import postgres from "postgres";
import { withDeadline } from "./client";

export interface InstanceLock {
  close(): Promise<void>;
}

export interface InstanceLockOptions {
  url: string;
  /** True: no other instance may be there, nor come. False: others may, if they do not have to be alone. */
  alone: boolean;
  /** The connection was lost, and in the meantime an instance came that this one cannot be together with. */
  onTaken(): void;
}

/** Any fixed number. */
const lockKey = 7_287_462;
/** A process that was just killed may take Postgres a moment to notice. */
const takeMs = 5_000;
const tryEveryMs = 250;
const checkEveryMs = 2_000;

/** Null when another instance is in the way. */
export async function holdInstanceLock({ url, alone, onTaken }: InstanceLockOptions): Promise<InstanceLock | null> {
  const sql = postgres(url, { max: 1, max_lifetime: null, connect_timeout: 5, fetch_types: false });
  const mode = alone ? "ExclusiveLock" : "ShareLock";
  const closed = new AbortController();

  /** Whether this session has the lock; takes it first if it is a new session. */
  async function holds(): Promise<boolean> {
    const [row] = await withDeadline(sql<{ held: boolean }[]>`
      select case
        when exists (
          select from pg_locks where locktype = 'advisory' and objid = ${lockKey} and objsubid = 1 and granted
            and database = (select oid from pg_database where datname = current_database())
            and pid = pg_backend_pid() and mode = ${mode}
        ) then true
        when ${alone} then pg_try_advisory_lock(${lockKey})
        else pg_try_advisory_lock_shared(${lockKey})
      end as held`);
    return row?.held ?? false;
  }

  async function watch(): Promise<void> {
    const wait = () => setTimeout(checkEveryMs, null, { signal: closed.signal, ref: false });
    for (;;) {
      await wait();
      // While Postgres is away nobody else can take the lock either.
      if (await holds().catch(() => true)) continue;
      onTaken();
      return;
    }
  }

  const deadline = performance.now() + takeMs;
  while (!(await holds())) {
    if (performance.now() > deadline) {
      await sql.end({ timeout: 1 });
      return null;
    }
    await setTimeout(tryEveryMs);
  }
  void watch().catch(() => undefined);
  return {
    async close() {
      closed.abort();
      await sql.end({ timeout: 1 });
    },
  };
}
