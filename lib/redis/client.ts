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
  requester: Requester;
  /** Sends a command that `redis` has no method for. */
  command(...words: string[]): Promise<unknown>;
  /** Names the server that has the key; "" where there is one only. */
  nodeOf(key: string): string;
  /** A hash tag for each server, of keys that it has. */
  tags(): Promise<string[]>;
  close(): Promise<void>;
}

/** By the same connection, but every command is refused while there is a reason to. */
export function guardRedis(client: RedisClient, reason: () => Error | null): RedisClient {
  const request: Requester["request"] = async (request) => {
    const refused = reason();
    if (refused) throw refused;
    return client.requester.request(request);
  };
  return { ...client, ...clientOf({ request }) };
}

export function createRedis(settings: RedisSettings, timeoutMs = commandTimeoutMs): RedisClient {
  if (settings.kind === "tcp") {
    const address = readRedisUrl(settings.url);
    if (!address) throw new Error("REDIS_URL is not an address of Redis");
    const requester = createTcpRequester(address, { ca: settings.ca, timeoutMs });
    const { nodeOf, tags } = requester;
    return { ...clientOf(requester), nodeOf, tags, close: async () => requester.close() };
  }
  const rest = new RestRedis({
    url: settings.url,
    token: settings.token,
    // `retry: false` would still try twice.
    retry: { retries: 0, backoff: () => 0 },
    signal: () => deadlineSignal(timeoutMs, noAnswer(timeoutMs)),
    enableTelemetry: false,
    // Reads may be served by replicas; this keeps them from missing what we wrote.
    readYourWrites: true,
  });
  return { ...clientOf(rest.requester), nodeOf: () => "", tags: async () => [oneTag], close: async () => undefined };
}

function clientOf(requester: Requester): Pick<RedisClient, "redis" | "requester" | "command"> {
  const command = async (...words: string[]) => {
    const { result, error } = await requester.request<unknown>({ body: words });
    if (error !== undefined) throw new Error(error);
    return result;
  };
  return { redis: new RequesterRedis(requester), requester, command };
}

class RestRedis extends Redis {
  get requester(): Requester {
    return this.client;
  }
}

/** With a requester the client takes no options, so they are set where it keeps them. */
class RequesterRedis extends Redis {
  constructor(requester: Requester) {
    super(requester);
    // Else the player "42" comes back as a number.
    this.opts = { automaticDeserialization: false };
  }
}
