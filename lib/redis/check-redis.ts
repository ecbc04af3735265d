/**
 * Finds out at the start whether the configured Redis can be used, with the commands that are used. What only the
 * operator can mend ends the start; what can heal by itself is a warning, and boards are served from Postgres, as stale.
 */
import { StartError } from "@/lib/embedded/start-error";
import type { RedisSettings } from "@/lib/env";
import type { Logger } from "@/lib/logger";
import { failureMessage, kindOfFailure } from "@/lib/storage-failure";
import type { RedisClient } from "./client";
import { mistakeIn } from "./configuration-mistake";
import { within } from "./deadline";
import { RedisConflictError } from "./instance-registry";
import { readRedisUrl, serversOf } from "./redis-url";

export interface CheckOptions {
  client: RedisClient;
  settings: RedisSettings;
  /** On which changes are published. */
  channel: string;
  /** Rejects with a RedisConflictError when another database uses the same keys. */
  admit(): Promise<void>;
  /** Rejects when the rank index cannot be read and written. */
  probe(): Promise<void>;
  logger: Logger;
}

const subscribeMs = 2_000;
const component = "rank index";

/** Why ranks cannot be kept in this Redis at present, else null. Throws a `StartError` for a mistake in the settings. */
export async function checkRedis({
  client,
  settings,
  channel,
  admit,
  probe,
  logger,
}: CheckOptions): Promise<string | null> {
  try {
    if (settings.kind === "tcp" && readRedisUrl(settings.url)?.mode === "single") await checkMode(client);
    // A server that knows the scripts already would not be asked for it.
    await client.redis.eval("return 1", [], []);
    await admit();
    await probe();
  } catch (error) {
    throwIfMistake(error, settings);
    const failure = `${kindOfFailure(error)}: ${failureMessage(error)}`;
    const consequence = "boards served from Postgres, as stale, until Redis takes reads and writes";
    logger.warn({ component, failure, consequence }, `${component}: ${consequence}`);
    return failure;
  }
  // A subscription that fails for any other reason is the change feed's to repeat.
  await checkPubSub(client, channel).catch((error: unknown) => throwIfMistake(error, settings));
  return null;
}

function throwIfMistake(error: unknown, settings: RedisSettings): void {
  const mistake = error instanceof RedisConflictError ? error.message : mistakeIn(error);
  if (!mistake) return;
  const place =
    settings.kind === "rest"
      ? `UPSTASH_REDIS_REST_URL: ${new URL(settings.url).host}`
      : `REDIS_URL: ${serversOf(settings.url)}`;
  throw new StartError(`${place} ${mistake}`, { cause: error });
}

/** A node of a Cluster answers for some boards, and a Sentinel for none. Not asked of servers that have no HELLO. */
async function checkMode({ command }: RedisClient): Promise<void> {
  const hello = await command("HELLO", "2").catch(() => null);
  if (!Array.isArray(hello)) return;
  const mode = hello[hello.indexOf("mode") + 1];
  if (mode === "cluster" || mode === "sentinel") throw new Error(`server mode is ${mode}`);
}

async function checkPubSub({ redis }: RedisClient, channel: string): Promise<void> {
  await redis.publish(channel, "check");
  const subscriber = redis.subscribe<string>(channel);
  const subscribed = new Promise<void>((resolve, reject) => {
    subscriber.on("subscribe", () => resolve());
    subscriber.on("error", reject);
  });
  try {
    await within(subscribeMs, "no subscription in time", subscribed);
  } finally {
    await subscriber.unsubscribe().catch(() => undefined);
  }
}
