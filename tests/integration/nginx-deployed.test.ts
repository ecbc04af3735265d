/** deploy/nginx with its own servers, TLS and limits, in front of instances that answer as a test says. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { EventSource } from "eventsource";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { HttpReply } from "@/tests/support/http-client";
import { startDeployedNginx, startDeployedTlsNginx } from "@/tests/support/nginx-process";
import { problemOf } from "@/tests/support/problem";
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
let ca: Buffer;
let agent: Agent;
const limits = { streamBurst: 20, requests: 25 };
/** Fewer than are let through at once. */
const socketsMax = 20;
const portsOf = () => instances.map(({ server }) => (server.address() as AddressInfo).port);

beforeAll(async () => {
  instances = [await startInstance(), await startInstance()];
  const folder = await newFolder();
  nginx = await startDeployedTlsNginx(folder, portsOf(), limits);
  ca = await readFile(join(folder, "fullchain.pem"));
  agent = new Agent({ keepAlive: true, maxSockets: socketsMax, ca });
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
    response.writeHead(status, { ...rungsHeaders, "retry-after": "1", "cache-control": "no-store" });
    response.end(instance.mode);
  });
  const instance: Instance = { server, mode: "fine", seen: [] };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return instance;
}

/** As Rungs' own replies have them; a page's policy for one. */
const rungsHeaders = {
  "content-type": "text/html",
  "x-content-type-options": "nosniff",
  "strict-transport-security": "max-age=1",
  "content-security-policy": "default-src 'self'",
};
const nginxHeaders = { "x-content-type-options": "nosniff", "strict-transport-security": "max-age=31536000" };

async function send(
  method: string,
  path: string,
  headers: RequestOptions["headers"] = {},
  { body = method === "POST" ? "{}" : "", through = agent } = {},
): Promise<HttpReply> {
  const to = { agent: through, host: "localhost", servername: "localhost", port: nginx.port };
  const asked = request({ ...to, method, path, headers });
  // A reply may come while a long body is still being sent.
  asked.on("error", () => undefined).end(body);
  const [reply] = (await once(asked, "response")) as [IncomingMessage];
  const bytes = await buffer(reply);
  const sent = bytes.toString();
  return { status: reply.statusCode ?? 0, headers: reply.headers, bytes, text: sent, json: () => JSON.parse(sent) };
}

/** Many requests at once; gives all replies, and of those what nginx refused. */
async function sendMany(times: number, sendOne: (i: number) => Promise<HttpReply>) {
  const all = await Promise.all(Array.from({ length: times }, (_, i) => sendOne(i)));
  return { all, refused: all.filter(({ status }) => status === 429) };
}

/** A problem that nginx made, and where it belongs. */
function expectProblem(reply: HttpReply | undefined, problem: object): void {
  if (!reply) throw new Error("nginx refused nothing");
  expect(problemOf(reply)).toMatchObject(problem);
  expect(reply.headers).toMatchObject({
    ...nginxHeaders,
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "*",
  });
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
  expect(moved.headers).toMatchObject({ "x-content-type-options": "nosniff", "content-security-policy": ownPolicy });
  expect(moved.headers["strict-transport-security"]).toBeUndefined();
  const page = await send("GET", "/boards/a");
  expect([page.status, page.text]).toEqual([200, "fine"]);
  expect((await send("GET", "/metrics")).headers).toMatchObject({ ...nginxHeaders, server: "nginx" });
});

const ownPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

test("a reply of an instance keeps its headers, from the cache too, and a page of nginx has such of its own", async () => {
  for (const path of ["/boards/a", "/api/v1/boards/a", "/api/v1/boards/a", "/api/v1/boards/a/stream"]) {
    expect((await send("GET", path)).headers).toMatchObject(rungsHeaders);
  }
  for (const instance of instances) instance.mode = "dies";
  const malformed = { "content-length": "x" };
  const pages = [send("GET", "/metrics"), send("GET", "/boards/a"), send("GET", "/", malformed)];
  const replies = await Promise.all(pages);
  expect(replies.map(({ status }) => status)).toEqual([404, 502, 400]);
  for (const { headers } of replies) {
    expect(headers).toMatchObject({
      ...nginxHeaders,
      "content-type": "text/html",
      "content-security-policy": ownPolicy,
    });
  }
});

test("what nginx refuses of the API, or gets no answer to, is a problem that names the request", async () => {
  for (const instance of instances) instance.mode = "dies";
  const paths = ["/api/v1/boards", "/api/v1/boards/a?limit=3", "/api/v1/boards/a/race", "/api/v1/nothing/%22"];
  for (const path of paths) {
    const reply = await send("GET", path, { "x-request-id": "of-mine" });
    const [instance] = path.split("?");
    expectProblem(reply, { status: 502, code: "unavailable", instance, request_id: "of-mine" });
    expect(reply.headers["retry-after"]).toBe("1");
  }
  // What JSON would have to escape is left out.
  const strange = await send("GET", '/api/v1/a"b', { "x-request-id": 'a"b' });
  expectProblem(strange, { status: 502, instance: "/api/v1/a" });
  const body = " ".repeat(3 * 1024 * 1024 + 1);
  const large = await send("POST", scores, {}, { body });
  expectProblem(large, { status: 413, code: "body-too-large", instance: scores });
  expect(large.headers["retry-after"]).toBeUndefined();
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
    expect((await send("GET", `/api/v1/boards/b${i}`)).text).toBe("fine");
    expect((await send("GET", `/boards/b${i}`)).text).toBe("fine");
    expect((await send("POST", scores, { "idempotency-key": `k${i}` })).text).toBe("fine");
  }
  expect(instances[0].seen.length).toBeGreaterThan(0);
});

test("a post without a key is sent once, and gets the instance's own 503", async () => {
  for (const instance of instances) instance.mode = "drains";
  const reply = await send("POST", scores);
  expect([reply.status, reply.text, reply.headers["retry-after"]]).toEqual([503, "drains", "1"]);
  expect(instances.flatMap(({ seen }) => seen)).toHaveLength(1);
});

test("a post to an instance that hangs is answered within the timeout: with a key by the other, without one by 504", async () => {
  instances[0].mode = "hangs";
  instances[1].mode = "hangs";
  expectProblem(await send("POST", scores), { status: 504, code: "unavailable", instance: scores });
  expect(instances.flatMap(({ seen }) => seen)).toHaveLength(1);
  const hanging = instances.findIndex(({ seen }) => seen.length === 0);
  (instances[1 - hanging] as Instance).mode = "fine";
  const keyed = await send("POST", scores, { "idempotency-key": "k" });
  expect([keyed.status, keyed.text]).toEqual([200, "fine"]);
}, 60_000);

test("one address has few costly reads, pages and sign-ins, told by a problem, and many polls", async () => {
  const refusal = { status: 429, code: "too-many-requests" };
  const players = "/api/v1/boards/a/players";
  const reads = await sendMany(250, (i) => send("GET", `${players}?q=${i}`));
  expectProblem(reads.refused[0], { ...refusal, instance: players });
  const pages = await sendMany(400, () => send("GET", "/boards/a"));
  expectProblem(pages.refused[0], { ...refusal, instance: "/boards/a" });
  const tries = await sendMany(30, () => send("POST", "/api/auth/sign-in/email"));
  expectProblem(tries.refused[0], refusal);
  const polls = await sendMany(500, (i) => send("GET", `/api/v1/boards/a?limit=${(i % 100) + 1}`));
  expect(polls.refused).toEqual([]);
});

test("one address posts so many scores at once, with a key or without one", async () => {
  const kinds = [{}, { "idempotency-key": "k" }].map((headers) => sendMany(500, () => send("POST", scores, headers)));
  const posts = await Promise.all(kinds);
  for (const { refused } of posts) expectProblem(refused[0], { status: 429, instance: scores });
  const refused = posts.flatMap((kind) => kind.refused);
  expect(refused.length).toBeLessThan(1_000 - 400);
});

test("one address has so many requests under way at once", async () => {
  for (const instance of instances) instance.mode = "hangs";
  const through = new Agent({ ca });
  const held: Promise<unknown>[] = [];
  const refused = new Promise<HttpReply>((resolve) => {
    for (let i = 0; i < limits.requests + 1; i++) {
      held.push(send("GET", `/_next/static/${i}`, {}, { through }).then(resolve, () => undefined));
    }
  });
  expectProblem(await refused, { status: 429, code: "too-many-requests" });
  through.destroy();
  await Promise.all(held);
});

const stream = "/api/v1/boards/a/stream";
const bye = (reason: string) => new RegExp(`^retry: \\d{4,5}\nevent: bye\ndata: {"reason":"${reason}"}\n\n$`);

test("a stream that no instance serves is ended in the one way after which an EventSource comes back", async () => {
  for (const mode of ["drains", "dies"] as const) {
    for (const instance of instances) instance.mode = mode;
    const reply = await send("GET", stream);
    expect([mode, reply.status]).toEqual([mode, 200]);
    expect(reply.text).toMatch(bye("unavailable"));
    expect(reply.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "access-control-allow-origin": "*",
      ...nginxHeaders,
    });
  }
  for (const instance of instances) instance.mode = "refuses";
  expect(await send("GET", stream)).toMatchObject({ status: 409, text: "refuses" });
});

test("too many streams of one address are ended in that way, too", async () => {
  const replies = await Promise.all(Array.from({ length: 500 }, () => send("GET", stream)));
  const ended = replies.filter(({ text: sent }) => sent !== "fine");
  expect(ended.length).toBeGreaterThan(0);
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
  for (const { text: sent } of ended) expect(sent).toMatch(bye("full"));
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
