/** What the start finds out about the configured Redis: mistakes that end it, troubles that may pass, and warnings. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { RedisSettings } from "@/lib/env";
import type { Logger } from "@/lib/logger";
import { type OpenRankIndex, openRankIndex } from "@/lib/rank-index/open-rank-index";
import { kindOfFailure } from "@/lib/storage-failure";
import { instancesOf, type LeasedInstance } from "@/tests/support/instances";
import { type RedisServers, startRedisServers } from "@/tests/support/redis-servers";
import { silentLog } from "@/tests/support/silent-log";
import { startUpstashServer, type UpstashServer } from "@/tests/support/upstash-server";

const soon = { timeout: 5_000, interval: 20 };

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

const newKeyspace = () => `${randomBytes(4).toString("hex")}-aaaa`;

function open(settings: RedisSettings, keyspace = newKeyspace(), instances = instancesOf()): OpenRankIndex {
  const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) }) as Logger;
  const options = {
    keyspace,
    publicUrl: `http://${keyspace}.example`,
    listening: true,
    onForeign: () => undefined,
    instances,
  };
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

/** Renews their leases until it is so. */
const renewUntil = (instances: LeasedInstance[], isSo: () => void) =>
  vi.waitFor(() => {
    for (const instance of instances) instance.renew();
    isSo();
  }, soon);

test("a policy that is changed later is found within a minute, and no trouble any more once it is mended", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const ranks = open(at(0));
  await ranks.check();
  const change = async (policy: string) => {
    await plain().command("CONFIG", "SET", "maxmemory-policy", policy);
    vi.advanceTimersByTime(60_000);
  };
  await change("allkeys-lru");
  const trouble = "maxmemory-policy of Redis is allkeys-lru: set it to noeviction";
  await vi.waitFor(() => expect(ranks.troubles()).toEqual([trouble]));
  expect(warnings()).toHaveLength(1);
  await change("noeviction");
  await vi.waitFor(() => expect(ranks.troubles()).toEqual([]));
});

test("a dump restored beside its original, on the same Redis, is warned of once, with its address, on both sides", async () => {
  const id = newKeyspace().split("-")[0];
  const [one, other] = [instancesOf(), instancesOf()];
  await open(at(0), `${id}-aaaa`, one).check();
  await open(at(0), `${id}-aaaa`, one.another()).check();
  await open(at(0), newKeyspace()).check();
  expect(warnings()).toEqual([]);
  await open(await rest(), `${id}-cccc`, other).check();
  await vi.waitFor(() => expect(warnings()).toMatchObject([{ otherUrl: `http://${id}-aaaa.example` }]));
  expect(warnings()[0]?.msg).toContain("another database with this installation's id uses the same Redis");
  await renewUntil([one], () => expect(warnings()[1]).toMatchObject({ otherUrl: `http://${id}-cccc.example` }));
  await renewUntil([other, one], () => expect(one.looks).toBeGreaterThan(5));
  expect(warnings()).toHaveLength(2);
});

const conflictWith = (keyspace: string) =>
  `is used by a copy of this database, or by its original, at http://${keyspace}.example (${hostname()})`;

test("a physical copy of a database in use, which has its keys, is refused at the start, over either transport", async () => {
  const keyspace = newKeyspace();
  const original = instancesOf();
  await open(at(0), keyspace, original).check();
  const renewing = setInterval(() => original.renew(), 50);
  onTestFinished(() => clearInterval(renewing));
  for (const settings of [at(0), await rest()]) {
    const refused = open(settings, keyspace).check();
    await expect(refused).rejects.toMatchObject({ name: "StartError" });
    await expect(refused).rejects.toThrow(conflictWith(keyspace));
  }
  expect(await open(at(0), keyspace, original.another()).check()).toBeNull();
});

test("a physical copy that was made while its original runs, and so has its lease, is refused once that is renewed", async () => {
  const keyspace = newKeyspace();
  const original = instancesOf();
  await open(at(0), keyspace, original).check();
  const copy = original.onCopy();
  const another = original.another();
  const renewing = setInterval(() => original.renew(), 50);
  onTestFinished(() => clearInterval(renewing));
  const looks = original.looks;
  await open(at(0), keyspace, another).check();
  await vi.waitFor(() => expect(original.looks).toBeGreaterThan(looks), soon);
  await expect(open(at(0), keyspace, copy).check()).rejects.toThrow(conflictWith(keyspace));
});

test("a killed instance, and one whose lease a failover of Postgres lost for a moment, refuse nobody", async () => {
  const keyspace = newKeyspace();
  const [killed, lost] = [instancesOf(new Map(), 1_300), instancesOf()];
  await open(at(0), keyspace, killed).check();
  killed.lose();
  expect(await open(at(0), keyspace, killed.another()).check()).toBeNull();

  const elsewhere = newKeyspace();
  const ranks = open(at(0), elsewhere, lost);
  await ranks.check();
  lost.lose();
  const starting = lost.another();
  const started = open(at(0), elsewhere, starting).check();
  await vi.waitFor(() => expect(starting.looks).toBeGreaterThan(1));
  lost.takeAgain();
  lost.renew();
  expect(await started).toBeNull();
  await renewUntil([lost, starting], () => expect(lost.looks).toBeGreaterThan(5));
  await ranks.index.probe();
});

test("two databases with the same keys that meet while they run send nothing to Redis until one has ended", async () => {
  const keyspace = newKeyspace();
  const [one, other] = [instancesOf(), instancesOf()];
  const ranks = open(at(0), keyspace, one);
  await ranks.check();
  // As while Redis was out of reach of the one when the other started.
  await plain().command("DEL", `rungs:${keyspace.split("-")[0]}:{instances}`);
  const others = open(at(0), keyspace, other);
  await others.check();
  await Promise.all([ranks, others].map(({ index }) => index.probe()));
  await vi.waitFor(async () => {
    one.renew();
    other.renew();
    for (const { index } of [ranks, others]) await expect(index.probe()).rejects.toThrow(conflictWith(keyspace));
  }, soon);
  const kind = await ranks.index.probe().catch(kindOfFailure);
  expect(kind).toBe("conflict");
  expect(await ranks.viewerExchange?.others(["a"]).catch(kindOfFailure)).toBe("conflict");
  expect(logged.filter(({ level }) => level === 50)).toMatchObject(
    Array(2).fill({ msg: "instance registry: boards served from Postgres, as stale, until the other has ended" }),
  );
  await others.index.close();
  await vi.waitFor(async () => {
    one.renew();
    await ranks.index.probe();
  }, soon);
});
