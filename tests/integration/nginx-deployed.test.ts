/** deploy/nginx with its own servers, TLS and limits, in front of instances that answer as a test says. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { EventSource } from "eventsource";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startDeployedNginx, startDeployedTlsNginx } from "@/tests/support/nginx-process";
import { newFolder } from "@/tests/support/temp-folder";

type Mode = "fine" | "drains" | "hangs" | "dies" | "refuses" | "streams";

/** Stands for an instance of Rungs; keeps what it was sent. */
interface Instance {
  server: Server;
  mode: Mode;
  seen: { method: string; url: string; headers: IncomingMessage["headers"] }[];
}

const scores = "/api/v1/boards/a/scores";
let instances: [Instance, Instance];
let nginx: Awaited<ReturnType<typeof startDeployedTlsNginx>>;
let agent: Agent;
const streamBurst = 20;
const portsOf = () => instances.map(({ server }) => (server.address() as AddressInfo).port);

beforeAll(async () => {
  instances = [await startInstance(), await startInstance()];
  const folder = await newFolder();
  nginx = await startDeployedTlsNginx(folder, portsOf(), streamBurst);
  agent = new Agent({ keepAlive: true, maxSockets: 20, ca: await readFile(join(folder, "fullchain.pem")) });
});

afterAll(async () => {
  agent?.destroy();
  await nginx?.stop();
  for (const { server } of instances ?? []) {
    server.closeAllConnections();
    server.close();
  }
});

beforeEach(() => {
  for (const instance of instances) Object.assign(instance, { mode: "fine", seen: [] });
});

async function startInstance(): Promise<Instance> {
  const server = createServer(async (incoming, response) => {
    instance.seen.push({ method: incoming.method ?? "", url: incoming.url ?? "", headers: incoming.headers });
    await text(incoming).catch(() => undefined);
    if (instance.mode === "hangs") return;
    if (instance.mode === "dies") return incoming.socket.destroy();
    if (instance.mode === "streams") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("event: heartbeat\ndata: {}\n\n");
      return;
    }
    const status = { fine: 200, drains: 503, refuses: 409 }[instance.mode];
    response.writeHead(status, { "retry-after": "1", "x-instance": "yes", "cache-control": "no-store" });
    response.end(instance.mode);
  });
  const instance: Instance = { server, mode: "fine", seen: [] };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return instance;
}

async function send(method: string, path: string, headers: RequestOptions["headers"] = {}) {
  const asked = request({ agent, host: "localhost", servername: "localhost", port: nginx.port, method, path, headers });
  asked.end(method === "POST" ? "{}" : undefined);
  const [reply] = (await once(asked, "response")) as [IncomingMessage];
  return { status: reply.statusCode, headers: reply.headers, body: await text(reply) };
}

test("plain http only leads to https, which answers with HSTS and without the version of nginx", async () => {
  const plain = get({
    host: "127.0.0.1",
    port: nginx.plainPort,
    path: "/boards/a?at=5",
    headers: { host: "rungs.example" },
  });
  const [moved] = (await once(plain, "response")) as [IncomingMessage];
  moved.resume();
  expect([moved.statusCode, moved.headers.location]).toEqual([301, "https://rungs.example/boards/a?at=5"]);
  const page = await send("GET", "/boards/a");
  expect([page.status, page.body]).toEqual([200, "fine"]);
  expect((await send("GET", "/metrics")).headers).toMatchObject({
    "strict-transport-security": "max-age=31536000",
    server: "nginx",
  });
});

test("what is for operators is not there for the public", async () => {
  for (const path of [
    "/metrics",
    "/readyz",
    "/healthz",
    "//metrics",
    "/%6detrics",
    "/./readyz",
    "/a/../healthz?x",
    "/metrics/",
  ]) {
    expect([path, (await send("GET", path)).status]).toEqual([path, 404]);
  }
  expect(instances.flatMap(({ seen }) => seen)).toEqual([]);
});

test("an instance sees the client's address, its Host, and neither an upgrade nor what the client forwards", async () => {
  const claims = { "x-forwarded-for": "203.0.113.9", upgrade: "h2c", connection: "upgrade, http2-settings" };
  for (const path of ["/", "/api/v1/boards/a", "/api/v1/boards/a/race", "/api/v1/boards/a/stream"]) {
    expect((await send("GET", path, { ...claims, host: "rungs.example" })).status).toBe(200);
  }
  const seen = instances.flatMap((instance) => instance.seen);
  expect(seen).toHaveLength(4);
  for (const { headers } of seen) {
    expect(headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", host: "rungs.example" });
    expect(headers.upgrade).toBeUndefined();
  }
});

test("reads, and posts with an Idempotency-Key, go on to the other instance when one drains", async () => {
  instances[0].mode = "drains";
  for (let i = 0; i < 4; i++) {
    expect((await send("GET", `/api/v1/boards/b${i}`)).body).toBe("fine");
    expect((await send("GET", `/boards/b${i}`)).body).toBe("fine");
    expect((await send("POST", scores, { "idempotency-key": `k${i}` })).body).toBe("fine");
  }
  expect(instances[0].seen.length).toBeGreaterThan(0);
});

test("a post without a key is sent once, and gets the instance's own 503", async () => {
  for (const instance of instances) instance.mode = "drains";
  const reply = await send("POST", scores);
  expect([reply.status, reply.body, reply.headers["retry-after"]]).toEqual([503, "drains", "1"]);
  expect(instances.flatMap(({ seen }) => seen)).toHaveLength(1);
});

test("a post to an instance that hangs is answered within the timeout: with a key by the other, without one by 504", async () => {
  instances[0].mode = "hangs";
  instances[1].mode = "hangs";
  const lost = await send("POST", scores);
  expect(lost.status).toBe(504);
  expect(instances.flatMap(({ seen }) => seen)).toHaveLength(1);
  const hanging = instances.findIndex(({ seen }) => seen.length === 0);
  (instances[1 - hanging] as Instance).mode = "fine";
  const keyed = await send("POST", scores, { "idempotency-key": "k" });
  expect([keyed.status, keyed.body]).toEqual([200, "fine"]);
}, 60_000);

test("one address has few costly reads and sign-ins, told by a problem with Retry-After, and many polls", async () => {
  const statuses = async (method: string, path: (i: number) => string, times: number) => {
    const replies = await Promise.all(Array.from({ length: times }, (_, i) => send(method, path(i))));
    return { refused: replies.filter(({ status }) => status === 429), all: replies.map(({ status }) => status) };
  };
  const reads = await statuses("GET", (i) => `/api/v1/boards/a/players?q=${i}`, 250);
  expect(reads.refused.length).toBeGreaterThan(0);
  expect(reads.refused[0]?.headers).toMatchObject({
    "content-type": "application/problem+json",
    "retry-after": "1",
    "strict-transport-security": "max-age=31536000",
  });
  expect(JSON.parse(reads.refused[0]?.body ?? "")).toMatchObject({ status: 429, code: "too-many-requests" });
  const tries = await statuses("POST", () => "/api/auth/sign-in/email", 30);
  expect(tries.refused.length).toBeGreaterThan(0);
  const polls = await statuses("GET", (i) => `/api/v1/boards/a?limit=${(i % 100) + 1}`, 500);
  expect(new Set(polls.all)).toEqual(new Set([200]));
});

const stream = "/api/v1/boards/a/stream";
const bye = (reason: string) => new RegExp(`^retry: \\d{4,5}\nevent: bye\ndata: {"reason":"${reason}"}\n\n$`);

test("a stream that no instance serves is ended in the one way after which an EventSource comes back", async () => {
  for (const mode of ["drains", "dies"] as const) {
    for (const instance of instances) instance.mode = mode;
    const reply = await send("GET", stream);
    expect([mode, reply.status]).toEqual([mode, 200]);
    expect(reply.body).toMatch(bye("unavailable"));
    expect(reply.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "access-control-allow-origin": "*",
      "strict-transport-security": "max-age=31536000",
    });
  }
  for (const instance of instances) instance.mode = "refuses";
  expect(await send("GET", stream)).toMatchObject({ status: 409, body: "refuses" });
});

test("too many streams of one address are ended in that way, too", async () => {
  const replies = await Promise.all(Array.from({ length: 500 }, () => send("GET", stream)));
  const ended = replies.filter(({ body }) => body !== "fine");
  expect(ended.length).toBeGreaterThan(0);
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
  for (const { body } of ended) expect(body).toMatch(bye("full"));
});

test("an EventSource outlives a time without instances", async () => {
  for (const instance of instances) instance.mode = "dies";
  const front = await startDeployedNginx(await newFolder(), portsOf());
  const source = new EventSource(front.url + stream);
  try {
    const next = (event: string) => new Promise((resolve) => source.addEventListener(event, resolve, { once: true }));
    await next("bye");
    for (const instance of instances) instance.mode = "streams";
    await next("heartbeat");
    expect(source.readyState).toBe(source.OPEN);
  } finally {
    source.close();
    await front.stop();
  }
});
