import { describe, expect, test } from "vitest";
import { slotOf } from "@/lib/redis/key-slot";
import { readRedisUrl, serversOf } from "@/lib/redis/redis-url";
import { keyOf } from "@/lib/redis/tcp-cluster";

describe("an address of Redis", () => {
  test.each([
    ["redis://host", { mode: "single", tls: false, nodes: [{ host: "host", port: 6379 }], database: 0 }],
    ["rediss://u:p%40s@host:1/3", { tls: true, credentials: { username: "u", password: "p@s" }, database: 3 }],
    ["redis://:a@b@host", { credentials: { password: "a@b" } }],
    ["redis://:secret@[::1]:7000/", { credentials: { password: "secret" }, nodes: [{ host: "::1", port: 7000 }] }],
    [
      "redis+cluster://a:1,b:2",
      {
        mode: "cluster",
        nodes: [
          { host: "a", port: 1 },
          { host: "b", port: 2 },
        ],
      },
    ],
    ["rediss+cluster://u:p@a", { mode: "cluster", tls: true, nodes: [{ host: "a", port: 6379 }] }],
    [
      "redis+sentinel://u:p@a,b:2/main/1?sentinel_user=s&sentinel_password=t%26",
      {
        mode: "sentinel",
        nodes: [
          { host: "a", port: 26_379 },
          { host: "b", port: 2 },
        ],
        name: "main",
        database: 1,
        credentials: { username: "u", password: "p" },
        sentinelCredentials: { username: "s", password: "t&" },
      },
    ],
  ])("%s is read", (url, expected) => {
    expect(readRedisUrl(url)).toMatchObject(expected);
  });

  test.each([
    "http://host",
    "redis://",
    "redis://a,b",
    "redis://host:0",
    "redis://host:70000",
    "redis://host/x",
    "redis://host/1/2",
    "redis://u:%zz@host",
    "redis+cluster://a:1/1",
    "redis+cluster://a:1,",
    "redis+sentinel://a:1",
    "redis+sentinel://a:1/main/1/2",
    "redis+other://a:1",
    `redis+cluster://${Array(101).fill("a:1").join(",")}`,
  ])("%s is refused", (url) => {
    expect(readRedisUrl(url)).toBeUndefined();
  });

  test("is shown without credentials", () => {
    expect(serversOf("redis+cluster://user:secret@a:1,[::1]:2")).toBe("a:1,[::1]:2");
  });
});

test("a key's slot is that of the Cluster specification, by its hash tag where it has one", () => {
  expect(slotOf("123456789")).toBe(0x31c3);
  expect(slotOf("foo{hash_tag}")).toBe(slotOf("hash_tag"));
  expect(slotOf("foo{}{bar}")).not.toBe(slotOf("bar"));
  expect(slotOf("foo{{bar}}zap")).toBe(slotOf("{bar"));
  expect(slotOf("foo{bar}{zap}")).toBe(slotOf("bar"));
  expect(slotOf("é{ü}")).toBe(slotOf("ü"));
});

test("a command goes to the node of its first key", () => {
  expect(keyOf(["hmget", "key", "field"])).toBe("key");
  expect(keyOf(["EVALSHA", "sha", 2, "first", "second", "argument"])).toBe("first");
  expect(keyOf(["eval", "return 1", 0, "argument"])).toBeUndefined();
  expect(keyOf(["publish", "channel", "message"])).toBeUndefined();
});
