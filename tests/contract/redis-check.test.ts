/** What the start finds out about the configured Redis: mistakes that end it, troubles that may pass, and warnings. */
import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { RedisSettings } from "@/lib/env";
import type { Logger } from "@/lib/logger";
import { type OpenRankIndex, openRankIndex } from "@/lib/rank-index/open-rank-index";
import { type RedisServers, startRedisServers } from "@/tests/support/redis-servers";
import { silentLog } from "@/tests/support/silent-log";
import { startUpstashServer, type UpstashServer } from "@/tests/support/upstash-server";

let running: RedisServers;
let upstash: UpstashServer;
let logged: { level: number; failure?: string; otherUrl?: string; msg: string }[];
const opened: OpenRankIndex[] = [];

beforeAll(async () => {
  running = await startRedisServers([
    { config: ["port {port}"] },
    { config: ["port {port}", 'rename-command EVAL ""'] },
    { config: ["port {port}", "cluster-enabled yes", "cluster-port {bus}"] },
    { config: ["port {port}", "sentinel monitor main 127.0.0.1 {port:0} 1"], sentinel: true },
    { config: ["port {port}", "replicaof 127.0.0.1 {port:0}"] },
  ]);
  const { command } = plain();
  await command("ACL", "SETUSER", "whole", "on", ">secret", "~rungs:*", "&rungs:*", "+@all");
  await command("ACL", "SETUSER", "reader", "on", ">secret", "~rungs:*", "&rungs:*", "+@all", "-@write");
  await command("ACL", "SETUSER", "mute", "on", ">secret", "~rungs:*", "resetchannels", "+@all");
  await command("ACL", "SETUSER", "other", "on", ">secret", "~elsewhere:*", "&rungs:*", "+@all");
});
afterAll(() => running?.stop());

beforeEach(() => {
  logged = [];
});
afterEach(async () => {
  for (const { index } of opened.splice(0)) await index.close();
  await upstash?.close();
});

const server = (i: number) => running.servers[i] as RedisServers["servers"][number];
const plain = () => server(0);
const at = (i: number, user = ""): RedisSettings => ({
  kind: "tcp",
  url: `redis://${user}127.0.0.1:${server(i).port}`,
});

function open(settings: RedisSettings, keyspace = `${randomBytes(4).toString("hex")}-aaaa`): OpenRankIndex {
  const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) }) as Logger;
  const options = { keyspace, publicUrl: `http://${keyspace}.example`, listening: true };
  const ranks = openRankIndex(settings, { ...options, logger, storageErrors: silentLog().storageErrors });
  opened.push(ranks);
  return ranks;
}

const warnings = () => logged.filter(({ level }) => level >= 40);
/** What the start would print before it ends. */
const refusal = (settings: RedisSettings) =>
  open(settings)
    .check()
    .then(
      () => "none",
      (error: Error) => `${error.name}: ${error.message}`,
    );

async function rest(user = "", token?: string): Promise<RedisSettings> {
  upstash = await startUpstashServer({ redisUrl: `redis://${user}127.0.0.1:${plain().port}` });
  return { kind: "rest", url: upstash.url, token: token ?? upstash.token };
}

test("a Redis that can do all that is used passes without a word, over either transport", async () => {
  expect(await open(at(0, "whole:secret@")).check()).toBeNull();
  expect(await open(await rest()).check()).toBeNull();
  expect(warnings()).toEqual([]);
  expect(await plain().command("KEYS", "*{probe}*")).toEqual([]);
});

test("a mistake that cannot heal ends the start in one line with the setting and the reason", async () => {
  const where = (i: number) => `StartError: REDIS_URL: 127.0.0.1:${server(i).port}`;
  expect(await refusal(at(0, "whole:wrong@"))).toBe(`${where(0)} refuses the credentials`);
  expect(await refusal(at(0, ":surplus@"))).toBe(`${where(0)} refuses the credentials`);
  for (const user of ["reader", "mute", "other"]) {
    const line = await refusal(at(0, `${user}:secret@`));
    expect([user, line]).toEqual([user, expect.stringContaining(`${where(0)} denies a right that Rungs needs`)]);
  }
  expect(await refusal(at(1))).toContain(`${where(1)} lacks a command that Rungs needs: `);
  expect(await refusal(at(2))).toContain(`${where(2)} is a node of a Redis Cluster`);
  expect(await refusal(at(3))).toContain(`${where(3)} is a Sentinel`);
  expect(await refusal({ kind: "tcp", url: `redis://127.0.0.1:${plain().port}/99` })).toContain(
    "does not have the database",
  );
});

test.each([
  ["a wrong token", "", "wrong", "refuses the credentials"],
  ["missing rights", "reader:secret@", undefined, "denies a right that Rungs needs"],
  ["missing channels", "mute:secret@", undefined, "denies a right that Rungs needs"],
])("over Upstash's REST API %s ends the start as well", async (_name, user, token, reason) => {
  const settings = await rest(user, token);
  expect(await refusal(settings)).toContain(
    `StartError: UPSTASH_REDIS_REST_URL: ${new URL(settings.url).host} ${reason}`,
  );
});

test("a Redis that is away, read-only or full is a warning with its kind, and passes once it has healed", async () => {
  await vi.waitFor(async () => expect(await server(4).command("ROLE")).toContain("connected"), { timeout: 10_000 });
  const replica = open(at(4));
  expect(await replica.check()).toMatch(/^read-only: .*READONLY/);
  expect(await open({ kind: "tcp", url: "redis://127.0.0.1:1" }).check()).toMatch(/^unreachable: .*ECONNREFUSED/);
  await plain().command("CONFIG", "SET", "maxmemory", "1mb");
  const full = open(at(0));
  expect(await full.check()).toMatch(/^full: .*OOM/);
  expect(warnings().map(({ msg }) => msg)).toEqual(
    Array(3).fill("rank index: boards served from Postgres, as stale, until Redis takes reads and writes"),
  );
  await plain().command("CONFIG", "SET", "maxmemory", "0");
  expect(await full.check()).toBeNull();
});

test("an eviction policy by which indexes are deleted is a warning, over either transport", async () => {
  await plain().command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  for (const settings of [at(0), await rest()]) {
    logged = [];
    expect(await open(settings).check()).toBeNull();
    expect(warnings()).toMatchObject([
      { failure: "maxmemory-policy is allkeys-lru", msg: "rank index: set maxmemory-policy to noeviction" },
    ]);
  }
  await plain().command("CONFIG", "SET", "maxmemory-policy", "noeviction");
});

test("a copy of a database that shares the Redis is warned of once, with the address of the other, on both sides", async () => {
  const id = randomBytes(4).toString("hex");
  open(at(0), `${id}-aaaa`);
  await vi.waitFor(async () => expect(await plain().command("HLEN", `rungs:${id}:{databases}`)).toBe(1));
  open(at(0), `${id}-aaaa`);
  open(at(0), `${id.slice(1)}-bbbb`);
  open(await rest(), `${id}-cccc`);
  await vi.waitFor(() => expect(warnings()).toMatchObject([{ otherUrl: `http://${id}-aaaa.example` }]));
  expect(warnings()[0]?.msg).toContain("another database with this installation's id uses the same Redis");
  open(at(0), `${id}-aaaa`);
  await vi.waitFor(() => expect(warnings()[1]).toMatchObject({ otherUrl: `http://${id}-cccc.example` }));
  expect(await plain().command("PTTL", `rungs:${id}:{databases}`)).toBeGreaterThan(60_000);
});
