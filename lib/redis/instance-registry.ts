/**
 * Which instances use an installation's keys in a Redis. A physical copy of a database (a snapshot, a base backup, a branch)
 * has the keyspace of its original, and each of the two would delete the other's rank indexes. So every instance keeps
 * an entry here that ends before its lease in Postgres does, and says when that is: an instance that renews its entry, and
 * whose lease this database does not have, or not as renewed, is on another database. Then this one sends nothing to Redis.
 */
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import type { Redis } from "@upstash/redis";
import type { Logger } from "@/lib/logger";
import type { StorageErrors } from "@/lib/storage-errors";
import { within } from "./deadline";
import { runScript, script } from "./run-script";

/** The instances of this database. */
export interface Instances {
  /** This one's; null for a command, which ends soon and has none. */
  lease: { id: string; ms: number; endsAt(): number; onRenewed(listener: () => void): void } | null;
  /**
   * Those of the leases, by id with when they end at the earliest, that are in this database. A copy has the leases of its
   * original at first, and none of their renewals.
   */
  held(endings: ReadonlyMap<string, number>): Promise<Set<string>>;
}

export interface RegistryOptions {
  redis: Redis;
  /** `<installation>-<database>`, see db/keyspace.ts. */
  keyspace: string;
  /** How operators know this Rungs. */
  publicUrl: string;
  instances: Instances;
  logger: Logger;
  storageErrors: StorageErrors;
}

interface Entry {
  database: string;
  url: string;
  host: string;
  /** Grows with each renewal. */
  beat: number;
  /** When the lease ends, by the clock of its database; 0 when a release before this one wrote the entry. */
  endsAt: number;
}

/** An instance with this database's keys whose lease it does not have. */
interface Stranger extends Entry {
  /** The beat at which that was first so. */
  since: number;
}

/** By how much an entry ends before the lease, so that no instance of this database is here whose lease is not there. */
const entryMarginMs = 1_000;
const fields = ["database", "url", "host", "beat", "endsAt"] as const;
const idsMs = 3_600_000;
const idsMax = 100;
/** Renewals without a lease in this database, from which it is another one's; a failover may lose a lease for one. */
const renewalsMin = 3;
const lookAgainMs = 250;
const closeMs = 300;

/**
 * O(log n). KEYS: ids, entry. ARGV: id, ms for which ids are kept, ms for which the entry is, then its fields and
 * values. Reply: ids.
 */
const renewScript = script(`
redis.call('ZADD', KEYS[1], 0, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('HSET', KEYS[2], unpack(ARGV, 4))
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return redis.call('ZRANGE', KEYS[1], 0, ${idsMax - 1})
`);

export class InstanceRegistry {
  readonly #options: RegistryOptions;
  readonly #idsKey: string;
  readonly #database: string;
  /** Databases of the same installation, with other keys, that were warned of. */
  readonly #warned = new Set<string>();
  /** By id. */
  #strangers = new Map<string, Stranger>();
  #beat = 0;
  #admitted = false;
  #conflict: RedisConflictError | null = null;
  #renewing: Promise<void> | null = null;
  #closed = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
    const { keyspace, instances } = options;
    const split = keyspace.lastIndexOf("-");
    this.#idsKey = `rungs:${keyspace.slice(0, split)}:{instances}`;
    this.#database = keyspace.slice(split + 1);
    instances.lease?.onRenewed(() => {
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = null;
      });
    });
  }

  /** Why this instance must send nothing else to Redis; null when it may. */
  refusal(): Error | null {
    return this.#conflict ?? (this.#admitted ? null : new RedisUncheckedError());
  }

  /** For the start: rejects with a RedisConflictError when another database uses the keys of this one. */
  async admit(): Promise<void> {
    for (; !this.#admitted; await setTimeout(lookAgainMs)) {
      await this.#look();
      if (this.#conflict) throw this.#conflict;
    }
    await this.#look();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const { redis, instances } = this.#options;
    if (!instances.lease) return;
    // Else it ends by itself, and a start in the seconds until then waits for that.
    const deleted = redis.del(this.#entryKey(instances.lease.id));
    await within(closeMs, "entry not deleted", deleted).catch(() => undefined);
  }

  async #renew(): Promise<void> {
    if (this.#closed) return;
    const before = this.#conflict;
    try {
      await this.#look();
    } catch (error) {
      const consequence = this.#admitted
        ? "other databases that use the same keys in Redis not detected; retried within seconds"
        : "boards served from Postgres, as stale, until Redis was checked; retried within seconds";
      this.#options.storageErrors.report({ component: "instance registry", error, consequence });
      return;
    }
    const component = "instance registry";
    const { logger } = this.#options;
    if (this.#conflict && !before) {
      const consequence = "boards served from Postgres, as stale, until the other has ended";
      logger.error({ component, failure: this.#conflict.message, consequence }, `${component}: ${consequence}`);
    } else if (before && !this.#conflict) {
      logger.info({ component }, `${component}: no other database uses the same keys in Redis any more`);
    }
  }

  async #look(): Promise<void> {
    const { lease, held } = this.#options.instances;
    const others = (await this.#ids()).filter((id) => id !== lease?.id);
    // Before the leases, which may be renewed meanwhile.
    const entries = await this.#entriesOf(others);
    const endings = new Map([...entries].map(([id, { endsAt }]) => [id, endsAt]));
    const ours = entries.size > 0 ? await held(endings) : new Set();
    const strangers = new Map<string, Stranger>();
    for (const [id, entry] of entries) {
      if (ours.has(id)) continue;
      if (entry.database !== this.#database) this.#warn(entry);
      else strangers.set(id, { ...entry, since: this.#strangers.get(id)?.since ?? entry.beat });
    }
    this.#strangers = strangers;
    const other = [...strangers.values()].find(({ since, beat }) => beat - since >= renewalsMin);
    this.#conflict = other ? new RedisConflictError(other) : null;
    this.#admitted ||= strangers.size === 0;
  }

  /** Renews the entry as well, unless this instance only looks. */
  async #ids(): Promise<string[]> {
    const { redis, publicUrl, instances } = this.#options;
    const { lease } = instances;
    if (!lease || !this.#admitted) return redis.zrange<string[]>(this.#idsKey, 0, idsMax - 1);
    const entry = {
      database: this.#database,
      url: publicUrl,
      host: hostname(),
      beat: ++this.#beat,
      endsAt: lease.endsAt(),
    };
    const args = [lease.id, idsMs, lease.ms - entryMarginMs, ...Object.entries(entry).flat()];
    return (await runScript<string[]>(redis, renewScript, [this.#idsKey, this.#entryKey(lease.id)], args)) ?? [];
  }

  /** Forgets ids whose entry has ended. */
  async #entriesOf(ids: readonly string[]): Promise<Map<string, Entry>> {
    const found = new Map<string, Entry>();
    if (ids.length === 0) return found;
    const { redis } = this.#options;
    const reading = redis.pipeline();
    for (const id of ids) reading.hmget(this.#entryKey(id), ...fields);
    const replies = await reading.exec<(string | null)[][]>();
    for (const [i, id] of ids.entries()) {
      const [database, url, host, beat, endsAt] = replies[i] ?? [];
      if (!database || !url || !host || !beat) continue;
      found.set(id, { database, url, host, beat: Number(beat), endsAt: Number(endsAt ?? 0) });
    }
    const ended = ids.filter((id) => !found.has(id));
    if (ended.length > 0) await redis.zrem(this.#idsKey, ...ended);
    return found;
  }

  #entryKey(id: string): string {
    return `${this.#idsKey}:${id}`;
  }

  #warn({ database, url, host }: Entry): void {
    if (this.#warned.has(database)) return;
    this.#warned.add(database);
    this.#options.logger.warn(
      { component: "rank index", otherUrl: url, otherHost: host },
      "rank index: another database with this installation's id uses the same Redis, such as a copy; each has rank " +
        "indexes of its own; give a copy a Redis of its own",
    );
  }
}

/** The message follows the name of the Redis. */
export class RedisConflictError extends Error {
  override readonly name = "RedisConflictError";

  constructor({ url, host }: Pick<Entry, "url" | "host">) {
    super(`is used by a copy of this database, or by its original, at ${url} (${host}): give each a Redis of its own`);
  }
}

class RedisUncheckedError extends Error {
  override readonly name = "RedisUncheckedError";

  constructor() {
    super("which databases use the same keys in Redis is not known yet");
  }
}

/** Nothing was sent, so the server need not be away. */
export function isWithheld(error: unknown): boolean {
  return error instanceof RedisConflictError || error instanceof RedisUncheckedError;
}
