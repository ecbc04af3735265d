/** Both transports of the Redis client give the same replies, and exactly what Redis holds. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRedis, type RedisClient } from "@/lib/redis/client";
import { redisUrl } from "@/tests/support/redis";
import { startUpstashServer, type UpstashServer } from "@/tests/support/upstash-server";

/** These tests are about what is answered, not how fast. */
const patientMs = 10_000;

let upstash: UpstashServer;
const clients = new Map<string, RedisClient>();

beforeAll(async () => {
  upstash = await startUpstashServer({ redisUrl: redisUrl() });
  clients.set("TCP", createRedis({ kind: "tcp", url: redisUrl() }, patientMs));
  clients.set("REST", createRedis({ kind: "rest", url: upstash.url, token: upstash.token }, patientMs));
});
afterAll(async () => {
  for (const client of clients.values()) await client.close();
  await upstash?.close();
});

const odd = ["42", "true", "null", "1e3", '{"a":1}', '["x"]', "OK", "T0s=", "", "\u{1F600}", "é\u0000z", "a\nb"];

describe.each(["TCP", "REST"])("over %s", (transport) => {
  const redis = () => (clients.get(transport) as RedisClient).redis;
  const key = () => `test:${randomBytes(6).toString("hex")}`;

  test("strings come back as they were, alone, in lists and nested", async () => {
    const name = key();
    for (const text of odd) {
      await redis().set(name, text);
      expect(await redis().get(name)).toBe(text);
    }
    await redis().del(name);
    await redis().rpush(name, ...odd);
    expect(await redis().lrange(name, 0, -1)).toEqual(odd);
    expect(
      await redis().eval("return {ARGV[1], {ARGV[2], {ARGV[3], 7, false}}, false, 0}", [], ["42", "null", "OK"]),
    ).toEqual(["42", ["null", ["OK", 7, null]], null, 0]);
    await redis().del(name);
  });

  test("what Redis refuses is an UpstashError with its words", async () => {
    await expect(redis().eval("return redis.call('NONSENSE')", [], [])).rejects.toMatchObject({ name: "UpstashError" });
    await expect(redis().evalsha("0".repeat(40), [], [])).rejects.toThrow(/^NOSCRIPT/);
  });

  test("a pipeline answers in order, errors in their place", async () => {
    const name = key();
    const pipeline = redis().pipeline().set(name, "x").incr(name).get(name).del(name);
    expect(await pipeline.exec({ keepErrors: true })).toMatchObject([
      { result: "OK" },
      { error: expect.stringContaining("not an integer") },
      { result: "x" },
      { result: 1 },
    ]);
  });

  test("a transaction answers in order", async () => {
    const name = key();
    const transaction = redis().multi().set(name, "1").incr(name).get(name).del(name);
    expect(await transaction.exec()).toEqual(["OK", 2, "2", 1]);
  });

  test("many requests at once each get their own reply", async () => {
    const texts = Array.from({ length: 50 }, (_, i) => `text ${i}`);
    expect(await Promise.all(texts.map((text) => redis().echo(text)))).toEqual(texts);
  });
});

test("a wrong token is refused", async () => {
  const { redis } = createRedis({ kind: "rest", url: upstash.url, token: "another" });
  await expect(redis.ping()).rejects.toThrow("Unauthorized");
});

test("after close no request succeeds over TCP", async () => {
  const { redis, close } = createRedis({ kind: "tcp", url: redisUrl() });
  await redis.ping();
  await close();
  await expect(redis.ping()).rejects.toThrow("closed");
});
