/**
 * The one way to Redis: the typed commands of @upstash/redis, over Upstash's HTTPS API or over TCP. Either way a
 * command is sent once, is given up after `commandTimeoutMs`, and returns exactly what Redis holds.
 */
import { Redis, type Requester } from "@upstash/redis";
import type { RedisSettings } from "@/lib/env";
import { deadlineSignal, noAnswer } from "./deadline";
import { readRedisUrl } from "./redis-url";
import { oneTag } from "./tcp-link";
import { createTcpRequester } from "./tcp-requester";

const commandTimeoutMs = 1_000;

export interface RedisClient {
  redis: Redis;
  /** Sends a command that `redis` has no method for. */
  command(...words: string[]): Promise<unknown>;
  /** Names the server that has the key; "" where there is one only. */
  nodeOf(key: string): string;
  /** A hash tag for each server, of keys that it has. */
  tags(): Promise<string[]>;
  close(): Promise<void>;
}

export function createRedis(settings: RedisSettings, timeoutMs = commandTimeoutMs): RedisClient {
  if (settings.kind === "tcp") {
    const address = readRedisUrl(settings.url);
    if (!address) throw new Error("REDIS_URL is not an address of Redis");
    const requester = createTcpRequester(address, { ca: settings.ca, timeoutMs });
    const { nodeOf, tags } = requester;
    return { ...clientOf(new RequesterRedis(requester)), nodeOf, tags, close: async () => requester.close() };
  }
  const redis = new RestRedis({
    url: settings.url,
    token: settings.token,
    // `retry: false` would still try twice.
    retry: { retries: 0, backoff: () => 0 },
    signal: () => deadlineSignal(timeoutMs, noAnswer(timeoutMs)),
    // Else the player "42" comes back as a number.
    automaticDeserialization: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    // Reads may be served by replicas; this keeps them from missing what we wrote.
    readYourWrites: true,
  });
  return { ...clientOf(redis), nodeOf: () => "", tags: async () => [oneTag], close: async () => undefined };
}

function clientOf(redis: RestRedis | RequesterRedis): Pick<RedisClient, "redis" | "command"> {
  const command = async (...words: string[]) => {
    const { result, error } = await redis.requester.request<unknown>({ body: words });
    if (error !== undefined) throw new Error(error);
    return result;
  };
  return { redis, command };
}

class RestRedis extends Redis {
  get requester(): Requester {
    return this.client;
  }
}

/** With a requester of its own the client takes no options, so they are set where it keeps them. */
class RequesterRedis extends Redis {
  readonly requester: Requester;

  constructor(requester: Requester) {
    super(requester);
    this.requester = requester;
    this.opts = { automaticDeserialization: false };
  }
}
