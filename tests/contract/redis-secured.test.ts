/** Redis behind TLS, as a user with no more rights than docs/operations.md lists, and as the primary that Sentinels name. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type RedisSettings, readEnv, SettingsError } from "@/lib/env";
import type { Logger } from "@/lib/logger";
import { openRankIndex } from "@/lib/rank-index/open-rank-index";
import type { IndexBoard } from "@/lib/rank-index/rank-index";
import { instancesOf } from "@/tests/support/instances";
import { type RedisServers, type RunningServer, startRedisServers } from "@/tests/support/redis-servers";
import { silentLog } from "@/tests/support/silent-log";
import { newFolder } from "@/tests/support/temp-folder";
import { startUpstashServer } from "@/tests/support/upstash-server";
import { batches, standing } from "./rank-index-suite";

const board: IndexBoard = { uid: 7, order: "desc", tiebreaks: [], rankStyle: "dense", revision: 1 };
const soon = { timeout: 20_000, interval: 50 };
const sentinels = [4, 5, 6];

let running: RedisServers;
let folder: string;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  folder = await newFolder();
  for (const name of ["trusted", "other"]) {
    const out = ["-keyout", join(folder, `${name}.key`), "-out", join(folder, `${name}.pem`)];
    const subject = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
    await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...out, ...subject]);
  }
  const certificate = ["cert", "key"].map(
    (part) => `tls-${part}-file ${folder}/trusted.${part === "key" ? "key" : "pem"}`,
  );
  const tls = ["port 0", "tls-port {port}", ...certificate, "tls-auth-clients no"];
  const ca = await readFile(join(folder, "trusted.pem"));
  const watch = [
    "port {port}",
    "sentinel monitor main 127.0.0.1 {port:2} 2",
    "sentinel down-after-milliseconds main 500",
    "sentinel failover-timeout main 2000",
    "sentinel auth-pass main secret",
    "requirepass watched",
  ];
  running = await startRedisServers([
    { config: [...tls], client: { socket: { tls: true, ca } as never } },
    { config: ["port {port}"] },
    ...["", "replicaof 127.0.0.1 {port:2}"].map((more) => ({
      config: ["port {port}", "requirepass secret", "masterauth secret", more],
      client: { password: "secret" },
    })),
    ...sentinels.map(() => ({ config: watch, sentinel: true, client: { password: "watched" } })),
  ]);
});
afterAll(() => running?.stop());
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const server = (i: number) => running.servers[i] as RunningServer;

function open(settings: RedisSettings) {
  const warnings: string[] = [];
  const write = (line: string) => {
    const { level, msg } = JSON.parse(line) as { level: number; msg: string };
    if (level >= 40) warnings.push(msg);
  };
  const keyspace = `${randomBytes(4).toString("hex")}-aaaa`;
  const options = {
    keyspace,
    publicUrl: "http://here",
    listening: true,
    onForeign: () => undefined,
    instances: instancesOf(),
    storageErrors: silentLog().storageErrors,
  };
  const ranks = openRankIndex(settings, { ...options, logger: pino({}, { write }) as Logger });
  opened.push(ranks.index, ...(ranks.feed ? [ranks.feed] : []));
  return { ...ranks, warnings };
}

/** A rebuild, a change, reads, both kinds of messages, counts of viewers. */
async function useAll({ index, feed, viewerExchange, check, warnings }: ReturnType<typeof open>): Promise<void> {
  expect(await check()).toBeNull();
  const heard: number[] = [];
  const inboxes: string[] = [];
  await new Promise<void>((onGap) => {
    feed?.listen({ onGap, onChange: (uid) => heard.push(uid), onInbox: (_, newest) => inboxes.push(...newest.keys()) });
  });
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  expect((await index.apply(board, [standing("b", 2, 2)], ["b"]))?.moves.get("b")?.after).toBe(1);
  expect((await index.page(board, 0, 10))?.entries.map(({ player }) => player)).toEqual(["b", "a"]);
  expect((await index.player(board, "a", 1))?.found?.entry.rank).toBe(2);
  expect((await index.states([7])).get(7)?.total).toBe(2);
  await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(2), soon);
  feed?.tellInbox(7, new Map([["a", 1]]));
  await viewerExchange?.tell(new Map([["a", { polling: 1, streaming: 0 }]]));
  expect((await viewerExchange?.others(["a"]))?.size).toBe(1);
  await index.drop(7);
  expect(warnings).toEqual([]);
}

const ca = (name: string) => readFile(join(folder, `${name}.pem`), "utf8");
const tlsUrl = () => `rediss://127.0.0.1:${server(0).port}`;

test("all of it works over TLS with a certificate that REDIS_CA names", async () => {
  const { redis } = readEnv({ NODE_ENV: "test", REDIS_URL: tlsUrl(), REDIS_CA: join(folder, "trusted.pem") });
  await useAll(open(redis as RedisSettings));
});

test("a certificate that is not trusted ends the start with the reason", async () => {
  const { port } = server(0);
  for (const settings of [{ url: tlsUrl() }, { url: tlsUrl(), ca: await ca("other") }]) {
    await expect(open({ kind: "tcp", ...settings }).check()).rejects.toThrow(
      `REDIS_URL: 127.0.0.1:${port} presents a certificate that is not trusted`,
    );
  }
});

test("REDIS_CA that is no file of certificates, or without TLS, is refused", async () => {
  const refusal =
    (REDIS_CA: string, url = tlsUrl()) =>
    () =>
      readEnv({ NODE_ENV: "test", REDIS_URL: url, REDIS_CA });
  expect(refusal(join(folder, "nothing.pem"))).toThrow(new SettingsError("REDIS_CA: cannot be read (ENOENT)"));
  expect(refusal(join(folder, "trusted.key"))).toThrow("REDIS_CA: must name a file of certificates in PEM");
  expect(refusal(join(folder, "trusted.pem"), "redis://host")).toThrow("REDIS_CA: is for a REDIS_URL that begins with");
});

/** The line that operators are told to use. */
async function documentedUser(): Promise<string[]> {
  const [, line = ""] = /^ACL SETUSER rungs (.+)$/m.exec(await readFile("docs/operations.md", "utf8")) ?? [];
  return line.replace("PASSWORD", "secret").split(" ");
}

test("a user with the rights that the documentation lists, and no others, can do all of it over either transport", async () => {
  await server(1).command("ACL", "SETUSER", "rungs", ...(await documentedUser()));
  const url = `redis://rungs:secret@127.0.0.1:${server(1).port}`;
  const upstash = await startUpstashServer({ redisUrl: url });
  opened.push(upstash);
  await useAll(open({ kind: "tcp", url }));
  await useAll(open({ kind: "rest", url: upstash.url, token: upstash.token }));
  const denied = (await server(1).command("ACL", "LOG")) as unknown[];
  expect(denied).toEqual([]);
});

test("a user that lacks any one of those rights is refused at the start, or by the next probe", async () => {
  const rights = await documentedUser();
  const url = `redis://rungs:secret@127.0.0.1:${server(1).port}`;
  // Without INFO the eviction policy is not known, which is no reason to end; the last is for a Cluster.
  const needed = rights.filter((right) => /^[+&]/.test(right) && !["+info", "+cluster|slots"].includes(right));
  const outsideScripts = ["&rungs:*", "+ping", "+eval", "+evalsha", "+publish", "+subscribe"];
  for (const missing of outsideScripts) {
    const user = `without${outsideScripts.indexOf(missing)}`;
    await server(1).command("ACL", "SETUSER", user, ...rights.filter((right) => right !== missing));
    const settings: RedisSettings = { kind: "tcp", url: url.replace("rungs", user) };
    const refused = () => expect(open(settings).check(), missing).rejects.toThrow("denies a right that Rungs needs");
    await vi.waitFor(refused, soon);
  }
  const { index, check } = open({ kind: "tcp", url });
  await vi.waitFor(async () => expect(await check()).toBeNull(), soon);
  for (const right of needed.filter((one) => !outsideScripts.includes(one))) {
    await server(1).command("ACL", "SETUSER", "rungs", right.replace("+", "-"));
    await vi.waitFor(() => expect(index.probe(), right).rejects.toThrow("user executing the script can't"), soon);
    await server(1).command("ACL", "SETUSER", "rungs", right);
  }
  await vi.waitFor(() => index.probe(), soon);
});

test("the primary that Sentinels name is used, and the next one after a failover", async () => {
  const hosts = sentinels.map((i) => `127.0.0.1:${server(i).port}`).join(",");
  const url = (name: string) => `redis+sentinel://:secret@${hosts}/${name}?sentinel_password=watched`;
  await expect(open({ kind: "tcp", url: url("unknown") }).check()).rejects.toThrow("do not know the primary");
  await vi.waitFor(async () => {
    const known = String(await server(sentinels[0] ?? 0).command("SENTINEL", "MASTER", "main"));
    expect(known).toMatch(/num-slaves,1,num-other-sentinels,2/);
  }, soon);
  const ranks = open({ kind: "tcp", url: url("main") });
  await useAll(ranks);
  server(2).signal("SIGKILL");
  await vi.waitFor(() => expect(server(2).command("PING")).rejects.toThrow(), soon);
  await vi.waitFor(() => ranks.index.probe(), soon);
  await ranks.index.rebuild(board, batches([standing("a", 1, 1)]));
  expect(await server(3).command("EXISTS", ...((await server(3).command("KEYS", "*{7}:z")) as string[]))).toBe(1);
});
