/** Instances tell each other how many watch, over either transport. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRedis, type RedisClient } from "@/lib/redis/client";
import { createViewerExchange } from "@/lib/redis/viewer-exchange";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { startUpstashServer, type UpstashServer } from "@/tests/support/upstash-server";

let server: PrivateRedis;
let upstash: UpstashServer;
let clients: RedisClient[];

beforeAll(async () => {
  server = await startPrivateRedis();
  upstash = await startUpstashServer({ redisUrl: server.url });
  const rest = createRedis({ kind: "rest", url: upstash.url, token: upstash.token });
  clients = [createRedis({ kind: "tcp", url: server.url }), rest, createRedis({ kind: "tcp", url: server.url })];
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await upstash.close();
  await server.stop();
});

test("what the others told is added up by board; what one takes back, or tells no more, is forgotten", async () => {
  const [one, two, three] = clients.map(({ redis }) => createViewerExchange(redis, "here"));
  const elsewhere = createViewerExchange(clients[0]?.redis as never, "there");
  expect(await one?.others(["a"])).toEqual(new Map([["a", { polling: 0, streaming: 0 }]]));
  await one?.tell(new Map([["a", { polling: 1, streaming: 2 }]]));
  await two?.tell(
    new Map([
      ["a", { polling: 10, streaming: 20 }],
      ["__proto__", { polling: 3, streaming: 0 }],
    ]),
  );
  await elsewhere.tell(new Map([["a", { polling: 1_000, streaming: 1_000 }]]));
  expect(await one?.others(["a"])).toEqual(new Map([["a", { polling: 10, streaming: 20 }]]));
  expect(await two?.others(["a"])).toEqual(new Map([["a", { polling: 1, streaming: 2 }]]));
  expect(await three?.others(["a"])).toEqual(new Map([["a", { polling: 11, streaming: 22 }]]));
  expect(await three?.others(["b", "a"])).toEqual(
    new Map([
      ["b", { polling: 0, streaming: 0 }],
      ["a", { polling: 11, streaming: 22 }],
    ]),
  );
  expect(await three?.others([])).toEqual(new Map());
  expect(await three?.others(["b"])).toEqual(new Map([["b", { polling: 0, streaming: 0 }]]));
  await two?.tell(new Map());
  expect(await three?.others(["a"])).toEqual(new Map([["a", { polling: 1, streaming: 2 }]]));
  const [key] = (await server.command("KEYS", "rungs:here:{viewers}:*")) as string[];
  expect(await server.command("PTTL", String(key))).toBeGreaterThan(10_000);
  await server.command("DEL", String(key));
  expect(await three?.others(["a"])).toEqual(new Map([["a", { polling: 0, streaming: 0 }]]));
});
