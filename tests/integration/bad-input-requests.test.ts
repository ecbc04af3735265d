import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { problemOf } from "@/tests/support/problem";

let api: ApiServer;
let board: string;
let writer: string;

beforeAll(async () => {
  api = await startApi({ redisUrl: null, background: false });
  board = await api.newBoard({ delivery: "sse" });
  writer = (await api.newKey(["scores:write"])).authorization;
  await api.score(board, { player: "a", score: 1 });
});

afterAll(() => api.close());

const score = '{"player":"a","score":2}';
const at = (rest = "") => `/api/v1/boards/${board}${rest}`;

test.each([
  ["limit=0", "limit"],
  ["limit=1001", "limit"],
  ["limit=1e9", "limit"],
  ["limit=-1", "limit"],
  ["limit=", "limit"],
  ["limit=ten", "limit"],
  ["limit=10.0", "limit"],
  ["limit=%2010", "limit"],
  ["limit=99999999999999999999", "limit"],
  ["limit=1&limit=2", "limit"],
  ["limit[]=1&limit=x", "limit"],
  ["offset=-1", "offset"],
  ["offset=1e9", "offset"],
  ["offset=100000001", "offset"],
  ["offset=NaN", "offset"],
  ["offset=0&offset=0", "offset"],
  ["limit=5&offset=%00", "offset"],
])("?%s is refused by the parameter's name", async (query, parameter) => {
  const reply = await api.get(at(`?${query}`));
  const problem = problemOf(reply);
  expect([reply.status, problem.code]).toEqual([422, "invalid-request"]);
  expect(problem.errors.map(({ pointer }) => pointer)).toEqual([parameter]);
  expect(problem.instance).toBe(at());
});

test("parameters nobody asked for are no mistake", async () => {
  expect((await api.get(at("?utm_source=x&__proto__=1&constructor=2&=&&%"))).status).toBe(200);
});

test.each(["authorization", "idempotency-key", "content-type"])("two %s headers are refused", async (name) => {
  const before = await api.rows();
  const headers = ["authorization", writer, "idempotency-key", "k", "content-type", "application/json"];
  const value = headers[headers.indexOf(name) + 1] ?? "";
  const twice = [...headers, name.toUpperCase(), value];
  const reply = await api.send({ method: "POST", path: at("/scores"), headers: twice, body: score });
  const problem = problemOf(reply);
  expect([reply.status, problem.code]).toEqual([422, "invalid-request"]);
  expect(problem.errors.map(({ pointer }) => pointer)).toEqual([name]);
  expect(await api.rows()).toEqual(before);
});

test("two Last-Event-ID headers are refused", async () => {
  const headers = ["last-event-id", "a-1", "last-event-id", "a-2"];
  const reply = await api.send({ path: at("/stream"), headers });
  expect([reply.status, problemOf(reply).errors.map(({ pointer }) => pointer)]).toEqual([422, ["last-event-id"]]);
});

test("two If-None-Match headers are one list", async () => {
  const { headers } = await api.get(at());
  const reply = await api.send({ path: at(), headers: ["if-none-match", '"x"', "if-none-match", headers.etag ?? ""] });
  expect(reply.status).toBe(304);
});

test.each([
  "garbage",
  "-",
  "a-",
  "-1",
  "A-1",
  "a-1-2",
  "é-1",
  "x".repeat(5_000),
  "a-99999999999999999",
  "null",
  "0",
  "pg-1",
])("a Last-Event-ID of %j gets a snapshot", async (id) => {
  const events = await firstEvents(at("/stream"), { "last-event-id": id });
  expect(events).toContain("event: snapshot");
  expect(events).toContain('"player":"a"');
});

test("a since of garbage gets a snapshot, and the header wins over it", async () => {
  expect(await firstEvents(at("/stream?since=garbage"))).toContain("event: snapshot");
  const { epoch, version } = (await api.get(at())).json();
  const known = `${epoch}-${version}`;
  expect(await firstEvents(at(`/stream?since=${known}`))).toContain("event: heartbeat");
  expect(await firstEvents(at("/stream?since=garbage"), { "last-event-id": known })).toContain("event: heartbeat");
  expect(await firstEvents(at(`/stream?since=${known}`), { "last-event-id": "x" })).toContain("event: snapshot");
});

/** What a stream says first, up to and with its first event; then it is closed. */
async function firstEvents(path: string, headers: Record<string, string> = {}): Promise<string> {
  return (await api.send({ path, headers }, (text) => /event: .*\ndata: .*\n\n/.test(text))).text;
}

test.each([
  ["?player=", "player"],
  ["?player=a%00", "player"],
  [`?player=${"x".repeat(129)}`, "player"],
  ["?player=a&player=b", "player"],
  [`?since=${"x".repeat(65)}`, "since"],
])("a stream with %s is refused by the parameter's name", async (query, parameter) => {
  const reply = await api.get(at(`/stream${query}`));
  expect([reply.status, problemOf(reply).errors.map(({ pointer }) => pointer)]).toEqual([422, [parameter]]);
});

test("a stream of a board that is delivered by polling is a 409, of none a 404", async () => {
  const polling = await api.newBoard();
  const replies = [await api.get(`/api/v1/boards/${polling}/stream`), await api.get("/api/v1/boards/none/stream")];
  expect(replies.map((reply) => [reply.status, problemOf(reply).code])).toEqual([
    [409, "streaming-off"],
    [404, "board-not-found"],
  ]);
});

test("HEAD of a stream ends by itself and leaves no viewer", async () => {
  const reply = await api.call("HEAD", at("/stream"));
  expect([reply.status, reply.headers["content-type"]]).toEqual([200, "text/event-stream"]);
  await vi.waitFor(() => expect(api.services.hub.viewers).toBe(0), { timeout: 5_000 });
});

test.each([
  ["text/plain", 415],
  ["", 415],
  ["application/x-www-form-urlencoded", 415],
  ["application/jsonx", 415],
  ["text/html; x=application/json", 415],
  ["application/json; charset=utf-8", 200],
  ["Application/JSON", 200],
  ["application/vnd.game+json", 200],
])("a body of type %j is answered with %i", async (type, status) => {
  const headers = { authorization: writer, "content-type": type };
  const reply = await api.send({ method: "POST", path: at("/scores"), headers, body: score });
  expect(reply.status).toBe(status);
  if (status !== 200) expect(problemOf(reply).code).toBe("unsupported-media-type");
});

test("a compressed body is refused rather than unpacked", async () => {
  const headers = { "content-encoding": "gzip" };
  const reply = await api.score(board, score, headers);
  expect([reply.status, problemOf(reply).code]).toEqual([415, "unsupported-media-type"]);
});

test.each(["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])(
  "%s on scores is a 405 that says what goes",
  async (method) => {
    const reply = await api.call(method, at("/scores"));
    expect([reply.status, problemOf(reply).code, reply.headers.allow]).toEqual([
      405,
      "method-not-allowed",
      "POST, OPTIONS",
    ]);
  },
);

test.each(["/api/v1/nothing", "/api/v1/boards/x/scores/y", "/api"])("%s is nowhere", async (path) => {
  const reply = await api.get(path);
  expect([reply.status, problemOf(reply).code]).toEqual([404, "not-found"]);
});

test.each(["/api/v1/boards/%zz", "/api/v1/boards/x/players/%", "/api/auth/sign-in/%ff"])(
  "%s is no address",
  async (path) => {
    const reply = await api.get(path);
    expect([reply.status, problemOf(reply).code]).toEqual([400, "bad-request"]);
  },
);

test.each(["", "a b", "[", "exa mple", "a:b:c", "\u00ff", "x".repeat(300)])(
  "a Host of %j is refused like anything else, or does not matter",
  async (host) => {
    const reply = await api.send({ path: "/api/v1/boards", headers: { host } });
    expect([200, 400]).toContain(reply.status);
    if (reply.status === 400) expect(problemOf(reply).code).toBe("bad-request");
  },
);

test("a backslash in the address is refused", async () => {
  const reply = await api.get("/api/v1\\boards");
  expect([reply.status, problemOf(reply).code]).toEqual([400, "bad-request"]);
});

test("where a request comes from is not for the client to say: three wrong passwords are all", async () => {
  const input = { email: "nobody@example.com", password: "not the password" };
  const statuses: number[] = [];
  for (let i = 0; i < 4; i++) {
    const headers = {
      "sec-fetch-site": "same-origin",
      "x-rungs-client-address": `198.51.100.${i}`,
      "x-forwarded-for": `198.51.100.${i}`,
    };
    const reply = await api.call("POST", "/api/auth/sign-in/email", input, headers);
    problemOf(reply);
    statuses.push(reply.status);
  }
  expect(statuses).toEqual([401, 401, 401, 429]);
});

test("whoever goes away in the middle of a body leaves nothing behind", async () => {
  const before = await api.rows();
  const headers = { authorization: writer, "content-type": "application/json", "content-length": "1000" };
  await api.abandon({ method: "POST", path: at("/scores"), headers, body: score });
  expect((await api.score(board, { player: "a", score: 0 })).status).toBe(200);
  const after = await api.rows();
  expect(after.events).toBe((before.events ?? 0) + 1);
});
