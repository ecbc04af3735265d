/**
 * Finds other databases of the same installation in a shared Redis: a copy, such as a dump restored for staging, has
 * keys of its own (`<installation>-<database>`, see db/keyspace.ts), which is safe and seldom meant.
 */
import type { Redis } from "@upstash/redis";
import { z } from "zod";
import type { Logger } from "@/lib/logger";

export interface RegistryOptions {
  redis: Redis;
  keyspace: string;
  /** How operators know this Rungs. */
  publicUrl: string;
  logger: Logger;
}

const renewEveryMs = 5 * 60_000;
/** A database that was not renewed for so long is not in use any more. */
const inUseMs = 15 * 60_000;
const databasesMax = 100;
const entrySchema = z.object({ at: z.number(), url: z.string() });

/** Registers this database now and every few minutes, and warns of each other one once. */
export function joinRegistry({ redis, keyspace, publicUrl, logger }: RegistryOptions): { close(): void } {
  const split = keyspace.lastIndexOf("-");
  const [installation, database] = [keyspace.slice(0, split), keyspace.slice(split + 1)];
  const key = `rungs:${installation}:{databases}`;
  const warned = new Set<string>();

  async function renew(): Promise<void> {
    const now = Date.now();
    const pipeline = redis.pipeline();
    pipeline.hset(key, { [database]: JSON.stringify({ at: now, url: publicUrl }) });
    pipeline.pexpire(key, inUseMs);
    pipeline.hgetall(key);
    // Field, value, field, value, ...
    const [, , entries] = await pipeline.exec<[number, number, string[]]>();
    for (let i = 0; i < Math.min(entries.length, 2 * databasesMax); i += 2) {
      const [other = "", text = ""] = entries.slice(i, i + 2);
      const entry = other === database ? undefined : parse(text);
      if (!entry || now - entry.at > inUseMs || warned.has(other)) continue;
      warned.add(other);
      logger.warn(
        { component: "rank index", otherUrl: entry.url, seen: new Date(entry.at).toISOString() },
        "rank index: another database with this installation's id uses the same Redis: a copy of this one, or this one " +
          "before it was moved; each has rank indexes of its own; give a copy a Redis of its own",
      );
    }
  }

  const renewOrSkip = () => void renew().catch(() => undefined);
  renewOrSkip();
  const timer = setInterval(renewOrSkip, renewEveryMs).unref();
  return { close: () => clearInterval(timer) };
}

function parse(text: string) {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
