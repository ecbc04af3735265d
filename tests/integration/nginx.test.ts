/** Two instances behind nginx as deploy/nginx sets it up. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openDatabase } from "@/db/client";
import { createApiKeys } from "@/lib/auth/api-keys";
import { authSecret } from "@/tests/support/auth";
import { createHttpClient, type HttpClient } from "@/tests/support/http-client";
import { type NginxProcess, startDeployedNginx } from "@/tests/support/nginx-process";
import { createTestDatabase } from "@/tests/support/postgres";
import { redisUrl } from "@/tests/support/redis";
import { type RungsServer, startRungs } from "@/tests/support/server";
import { silentLog } from "@/tests/support/silent-log";
import { type Streams, streamsOf } from "@/tests/support/sse-client";
import { newFolder } from "@/tests/support/temp-folder";

let instances: RungsServer[];
let nginx: NginxProcess;
let client: HttpClient;
let streams: Streams;
let authorization: string;

beforeAll(async () => {
  const databaseUrl = await createTestDatabase();
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl(), AUTH_SECRET: authSecret };
  instances = [await startRungs({ env }), await startRungs({ env })];
  const ports = instances.map(({ url }) => Number(new URL(url).port));
  nginx = await startDeployedNginx(await newFolder(), ports);
  client = createHttpClient(nginx.port);
  streams = streamsOf(nginx.port);
  const database = openDatabase(databaseUrl);
  const apiKeys = createApiKeys({ database, ...silentLog() });
  const { key } = await apiKeys.create({ name: "test", scopes: ["scores:write", "boards:manage"], boards: null });
  await apiKeys.close();
  await database.close();
  authorization = `Bearer ${key}`;
});

afterAll(async () => {
  streams?.close();
  client?.close();
  await nginx?.stop();
  await Promise.all((instances ?? []).map((instance) => instance.stop()));
});

async function send(method: string, path: string, body: unknown) {
  const headers = { authorization, "content-type": "application/json" };
  const reply = await client.send({ method, path, headers, body: JSON.stringify(body) });
  expect(reply.status).toBeLessThan(300);
  return reply.json();
}

const newBoard = async (id: string) => {
  await send("POST", "/api/v1/boards", { id, name: id, delivery: "sse" });
  await send("POST", `/api/v1/boards/${id}/scores`, { player: "a", score: 1 });
  return `/api/v1/boards/${id}`;
};

/** As of the last second. */
async function metric(instance: RungsServer, name: string): Promise<number> {
  const text = await (await fetch(`${instance.url}/metrics`)).text();
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

const total = async (name: string) => {
  const values = await Promise.all(instances.map((instance) => metric(instance, name)));
  return values.reduce((sum, value) => sum + value, 0);
};

test("of many polls at once a few reach Rungs; the rest is answered from the cache, also with 304", async () => {
  const path = await newBoard("polled");
  const before = await total("rungs_polls_total");
  const replies = await Promise.all(
    Array.from({ length: 300 }, () => client.send({ path, headers: { "accept-encoding": "gzip, br" } })),
  );
  expect(new Set(replies.map(({ status, headers }) => `${status} ${headers["content-encoding"] ?? ""}`)).size).toBe(1);
  await expect.poll(() => total("rungs_polls_total"), { timeout: 3_000 }).toBeGreaterThan(before);
  expect((await total("rungs_polls_total")) - before).toBeLessThanOrEqual(6);
  const etag = String(replies[0]?.headers.etag);
  const again = await client.send({ path, headers: { "if-none-match": etag } });
  expect([again.status, again.text]).toEqual([304, ""]);
  expect(again.headers["poll-interval"]).toBe("5");
});

test("a change is seen through the cache within three seconds", async () => {
  const path = await newBoard("changing");
  for (let score = 2; score < 5; score++) {
    await client.send({ path });
    await send("POST", `${path}/scores`, { player: "a", score });
    await expect
      .poll(async () => (await client.send({ path })).json().entries[0].score, { timeout: 3_000, interval: 100 })
      .toBe(score);
  }
});

test("what looks back on a board is answered from the cache as long as it may be kept", async () => {
  const path = await newBoard("past");
  await send("POST", `${path}/scores`, { player: "a", score: 2 });
  for (const rest of ["at?seq=1", "race", "timeline", "players/a/events?before=2", "players/a/history"]) {
    const first = await client.send({ path: `${path}/${rest}` });
    const again = await client.send({ path: `${path}/${rest}` });
    const statuses = [first, again].map(({ status, headers }) => [status, headers["x-cache-status"]]);
    expect([rest, ...statuses]).toEqual([rest, [200, "MISS"], [200, "HIT"]]);
    expect(again.text).toBe(first.text);
  }
});

test("the list of boards is made for many at once, and shows a new board within three seconds", async () => {
  const list = (q: string) => client.send({ path: `/api/v1/boards?sort=changed&q=${q}` });
  await newBoard("listed");
  const replies = await Promise.all(Array.from({ length: 50 }, () => list("listed")));
  expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(replies.filter(({ headers }) => headers["x-cache-status"] === "MISS")).toHaveLength(1);
  await newBoard("listed-too");
  await expect.poll(async () => (await list("listed")).json().total, { timeout: 3_000, interval: 100 }).toBe(2);
});

test("streams come through at once, and a viewer goes on at the other instance when one is killed", async () => {
  const path = await newBoard("streamed");
  const stream = await streams.watch("streamed");
  await stream.next("snapshot", 2_000);
  expect(stream.headers["content-type"]).toBe("text/event-stream");
  await send("POST", `${path}/scores`, { player: "b", score: 2 });
  await stream.next("delta", 2_000);
  await expect.poll(() => total("rungs_streams"), { timeout: 3_000 }).toBe(1);
  const [first = 0] = await Promise.all(instances.map((instance) => metric(instance, "rungs_streams")));
  const [holder, other] = first > 0 ? instances : [...instances].reverse();
  holder?.kill("SIGKILL");
  await stream.ended.catch(() => undefined);
  // A worker of nginx may not have noticed yet, and sends no post twice: that is for the game to do, with a key.
  const headers = { authorization, "content-type": "application/json", "idempotency-key": "after-the-end" };
  const reply = await vi.waitFor(async () => {
    const body = JSON.stringify({ player: "c", score: 3 });
    const { status, json } = await client.send({ method: "POST", path: `${path}/scores`, headers, body });
    expect(status).toBe(200);
    return json() as { version: number; results: unknown };
  }, 5_000);
  expect(reply.results).toMatchObject([{ rank: 1 }]);
  const back = await streams.comeBack("streamed", stream);
  await back.reaches(reply.version, 5_000);
  expect(back.view.snapshot?.entries.map(({ player }) => player)).toEqual(["c", "b", "a"]);
  await expect.poll(() => metric(other as RungsServer, "rungs_streams"), { timeout: 3_000 }).toBe(1);
});
