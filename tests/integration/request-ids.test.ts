/** One id for each request, in its reply, in a problem and in the log; and what is counted of requests. */
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Logger } from "@/lib/logger";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { metric, scrape } from "@/tests/support/scrape";

let api: ApiServer;
let board: string;
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  const logger = pino({ level: "info" }, { write: (line: string) => lines.push(JSON.parse(line)) }) as Logger;
  api = await startApi({ logger, logRequests: true });
  board = await api.newBoard({ delivery: "sse" });
  await api.score(board, { player: "a", score: 1 });
});

afterAll(() => api.close());
beforeEach(() => void lines.splice(0));

/** What is common to the ids of a process, and a number. */
const ownId = /^[\w-]{6}-[\da-z]{1,11}$/;

/** Kinds of replies, by where they are made. */
const calls = {
  "a poll from memory": () => api.get(`/api/v1/boards/${board}`),
  "a poll that is read": () => api.get(`/api/v1/boards/${board}?limit=7`),
  "a post": () => api.score(board, { player: "a", score: 2 }),
  "a route": () => api.get("/api/v1/boards"),
  "a page": () => api.get("/settings"),
  "a problem of a poll": () => api.get("/api/v1/boards/none"),
  "a problem of a post": () => api.score(board, "no JSON"),
  "a problem of a route": () => api.get("/api/v1/boards?sort=none"),
  "nothing at all": () => api.get("/api/v1/none"),
  "a method that is not there": () => api.call("DELETE", "/api/v1/boards"),
  "a head that is refused": () => api.send({ path: "/api/v1/boards", headers: ["Host", "a", "Host", "b"] }),
  "everything's options": () => api.send({ method: "OPTIONS", path: "*" }),
};

test.each(Object.entries(calls))("%s has an id of its own", async (_what, call) => {
  const ids = [await call(), await call()].map(({ headers }) => headers["x-request-id"]);
  for (const id of ids) expect(id).toMatch(ownId);
  expect(ids[0]).not.toBe(ids[1]);
});

test("a stream has an id", async () => {
  const { headers } = await api.send({ path: `/api/v1/boards/${board}/stream` }, (text) => text.includes("snapshot"));
  expect(headers["x-request-id"]).toMatch(ownId);
});

test.each([`/api/v1/boards/BOARD`, "/api/v1/boards?sort=none", "/settings"])("%s takes over an id", async (path) => {
  const reply = (id: string) => api.get(path.replace("BOARD", board), { "x-request-id": id });
  for (const id of ["abc", "Root=1-67891233-abcdef012345678912345678", "a".repeat(64)]) {
    expect((await reply(id)).headers["x-request-id"]).toBe(id);
  }
  for (const id of ["", "a b", "a".repeat(65), 'a"b', "a,b"]) {
    expect((await reply(id)).headers["x-request-id"]).toMatch(ownId);
  }
});

test("a problem carries the id in its body, and the log line of a failure has it", async () => {
  const refused = await api.get("/api/v1/boards?sort=none", { "x-request-id": "of-mine" });
  expect(refused.json().request_id).toBe("of-mine");
  const { sql } = api.services.database;
  const organizer = { ...(await api.signIn()), "x-request-id": "of-mine" };
  await sql`alter table invitations rename to invitations_x`;
  const failed = await api.call("POST", "/api/v1/invitations", {}, organizer);
  await sql`alter table invitations_x rename to invitations`;
  expect([failed.status, failed.json().request_id]).toEqual([500, "of-mine"]);
  const expected = {
    level: 50,
    requestId: "of-mine",
    path: "/api/v1/invitations",
    msg: "requests: request answered with 500",
  };
  expect(lines).toContainEqual(expect.objectContaining(expected));
});

test("each request is one line in the log, without its query", async () => {
  await api.get(`/api/v1/boards/${board}?limit=9`, { "x-request-id": "first" });
  await api.get(`/api/v1/boards/${board}?limit=9`, { "x-request-id": "again" });
  await api.get(`/api/v1/boards/${board}/players/a`, { "x-request-id": "player" });
  await api.get("/join?token=secret", { "x-request-id": "page" });
  const written = () => lines.filter(({ msg }) => msg === "request");
  await vi.waitFor(() => expect(written()).toHaveLength(4));
  expect(written()).toMatchObject([
    {
      requestId: "first",
      method: "GET",
      path: `/api/v1/boards/${board}`,
      route: "/api/v1/boards/{board}",
      status: 200,
    },
    { requestId: "again", route: "/api/v1/boards/{board}", status: 200, address: "127.0.0.1" },
    {
      requestId: "player",
      path: `/api/v1/boards/${board}/players/a`,
      route: "/api/v1/boards/{board}/players/{player}",
    },
    { requestId: "page", path: "/join", route: "pages", status: 404 },
  ]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});

const count = (route: string, status: string, method = "GET") =>
  metric(api, "rungs_http_requests_total", { route, status, method });

test("requests are counted by route, method and class of status, those from memory too", async () => {
  const poll = "/api/v1/boards/{board}";
  const before = await count(poll, "2xx");
  const notModified = await count(poll, "3xx");
  const { headers } = await api.get(`/api/v1/boards/${board}`);
  for (let i = 0; i < 5; i++) await api.get(`/api/v1/boards/${board}`);
  await api.get(`/api/v1/boards/${board}`, { "if-none-match": headers.etag ?? "" });
  expect([(await count(poll, "2xx")) - before, (await count(poll, "3xx")) - notModified]).toEqual([6, 1]);
  expect(await count("/api/v1/boards/{board}/scores", "2xx", "POST")).toBeGreaterThan(0);
  expect(await count("/api/v1/boards/{board}/scores", "4xx", "POST")).toBeGreaterThan(0);
  expect(await count("/api/v1/boards/{board}/stream", "2xx")).toBe(1);
  expect(await count("unknown", "4xx")).toBeGreaterThan(0);
  const route = "/api/v1/boards/{board}/players/{player}";
  expect(await metric(api, "rungs_http_request_duration_seconds_count", { route })).toBe(await count(route, "2xx"));
  expect(await metric(api, "rungs_http_request_duration_seconds_count", { route: `${poll}/stream` })).toBe(0);
});

test("addresses that nobody thought of make no new series", async () => {
  const series = async () => (await scrape(api)).length;
  for (const path of ["/api/v1/none", "/none"]) await api.get(path);
  await api.send({ method: "BREW", path: "/api/v1/boards" }).catch(() => undefined);
  const before = await series();
  for (let i = 0; i < 50; i++) {
    for (const path of [`/api/v1/x${i}`, `/x${i}`, `/api/v1/boards/b${i}`, `/api/v1/boards/b/players/${i}`])
      await api.get(path);
  }
  expect((await series()) - before).toBeLessThan(40);
});
