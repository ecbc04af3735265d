/**
 * The same built app under its own server and under plain `next start`, on one database and one Redis: they answer alike.
 * What Next decides before a route is asked differs, and is left to it: redirects away from a trailing slash, 405 without a body, OPTIONS of routes that are for nobody else's pages, malformed escapes, and which of two equal headers counts.
 */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type BothServers, essence, type Server, startBothServers, withoutTimes } from "@/tests/support/both-servers";
import type { HttpCall, HttpReply } from "@/tests/support/http-client";
import { openStream } from "@/tests/support/sse-client";

let servers: BothServers;
let own: Server;
let plain: Server;
let authorization: string;

const json = { "content-type": "application/json" };
const players = ["%41", "a/b", "\u{1f3c6}", "A", "__proto__", "100%", "a b+c", "\u202eabc", "p?q#r"];
const scores = [
  ...players.map((player, score) => ({ player, score })),
  ...Array.from({ length: 50 }, (_, i) => ({ player: `p${i}`, score: i / 4, tiebreaks: [i] })),
];

beforeAll(async () => {
  servers = await startBothServers();
  ({ own, plain, authorization } = servers);
  const board = {
    id: "parity",
    name: "Parity",
    delivery: "sse",
    decimals: 2,
    tiebreaks: [{ name: "t", order: "asc" }],
  };
  await post(own, "/api/v1/boards", board);
  await post(own, "/api/v1/boards/parity/scores", { scores });
  // A server that is still warming up may answer from Postgres at first, and says so.
  const look = async () => (await plain.send({ path: "/api/v1/boards/parity" })).json();
  await vi.waitFor(async () => expect((await look()).stale).toBeUndefined(), { timeout: 20_000, interval: 200 });
});

afterAll(() => servers?.stop());

const post = (to: Server, path: string, body: unknown, headers: Record<string, string> = {}) =>
  to.send({ method: "POST", path, headers: { authorization, ...json, ...headers }, body: JSON.stringify(body) });

const board = "/api/v1/boards/parity";
const reads: HttpCall[] = [
  { path: board },
  { path: `${board}?limit=3&offset=50` },
  { path: "/api/v1/boards/p%61rity?limit=1" },
  ...["gzip", "br", "gzip, deflate, br", "deflate;q=0, *;q=0.1"].map((encoding) => ({
    path: board,
    headers: { "accept-encoding": encoding },
  })),
  { path: board, headers: { "if-none-match": "*" } },
  { path: board, headers: { "if-none-match": '"garbage' } },
  ...["limit=0", "limit=1001", "limit=x", "offset=-1", "limit=1&limit=2"].map((query) => ({
    path: `${board}?${query}`,
  })),
  { path: "/api/v1/boards/none" },
  { path: "/api/v1/boards/Not%20a%20board" },
  ...["sort=no", "limit=101", "after=none", "q="].map((query) => ({ path: `/api/v1/boards?${query}` })),
  ...players.map((player) => ({ path: `${board}/players/${encodeURIComponent(player)}` })),
  ...["%41", "a%2fb", "nobody", "%00", "x".repeat(129)].map((player) => ({ path: `${board}/players/${player}` })),
  { path: `${board}/players/p1?around=51` },
  ...["q=p", "q=A&limit=3", "q=%F0%9F%8F%86", "q=", "q=a&q=b", "q=a&limit=51"].map((query) => ({
    path: `${board}/players?${query}`,
  })),
  { path: "/api/v1/boards/none/players?q=a" },
  ...players.map((player) => ({ path: `${board}/players/${encodeURIComponent(player)}/events` })),
  ...["events?before=9&limit=3", "events?before=0", "history"].map((rest) => ({ path: `${board}/players/p7/${rest}` })),
  ...["events", "history"].map((rest) => ({ path: `${board}/players/nobody/${rest}` })),
  ...[
    "",
    "?seq=20&limit=5",
    "?seq=0",
    "?time=2020-01-01T00:00:00Z",
    "?time=now",
    "?seq=1&time=2020-01-01T00:00:00Z",
  ].map((query) => ({ path: `${board}/at${query}` })),
  { path: `${board}/at`, headers: { "accept-encoding": "gzip, br" } },
  { path: `${board}/timeline` },
  { path: `${board}/race?top=3` },
  { path: `${board}/race?top=21` },
  ...["at", "timeline", "race", "players/a/events", "players/a/history"].map((rest) => ({
    path: `/api/v1/boards/none/${rest}`,
  })),
  { path: "/api/v1/oembed?url=x" },
  { path: `${board}/settings` },
  { path: `${board}/stream?since=${"x".repeat(65)}` },
  { path: "/api/v1/nothing?x=1" },
  { method: "POST", path: "/api/v2/boards" },
  { path: "/api/v1/boards/none/stream" },
  { path: "/api/v1/boards/sample/stream" },
  { path: `${board}/activity` },
  { path: "/api/v1/keys" },
  { path: "/api/v1/openapi.json" },
  { path: "/healthz" },
  ...["", "/players/p1", "/stream", "/players/p1/inbox", "/players/p1/inbox/ack"].map((rest) => {
    return { method: "OPTIONS", path: board + rest, headers: { origin: "https://game.example" } };
  }),
  { method: "HEAD", path: board },
  { method: "HEAD", path: `${board}/stream` },
  { method: "HEAD", path: `${board}/timeline` },
];

test.each(
  reads.map((call) => [
    `${call.method ?? "GET"} ${call.path.slice(0, 70)} ${JSON.stringify(call.headers ?? {})}`,
    call,
  ]),
)("%s is answered alike", async (_, call) => {
  const [mine, nexts] = await Promise.all([own, plain].map((one) => one.send(call as HttpCall)));
  expect(essence(nexts as HttpReply)).toEqual(essence(mine as HttpReply));
  expect(mine?.status).toBeLessThan(500);
});

test("/readyz is answered alike once nothing has failed for a while", async () => {
  const ask = async () => (await Promise.all([own, plain].map((one) => one.send({ path: "/readyz" })))).map(essence);
  const ready = { status: 200, body: '{"status":"ready","reasons":[],"postgres":true,"rankIndex":true}' };
  await expect.poll(ask, { timeout: 30_000 }).toMatchObject([ready, ready]);
  const [mine, nexts] = await ask();
  expect(nexts).toEqual(mine);
});

test("the list of boards is answered alike but for the viewers, whom everybody counts at a moment of their own", async () => {
  for (const query of ["", "?sort=changed&limit=1", "?q=ARI"]) {
    const lists = [own, plain].map((one) => one.send({ path: `/api/v1/boards${query}` }));
    const [mine, nexts] = (await Promise.all(lists)).map((reply) => {
      const { status, headers, body } = essence(reply);
      return { status, headers: { ...headers, etag: undefined }, body: body.replaceAll(/"viewers":\d+/g, "") };
    });
    expect(nexts).toEqual(mine);
    expect(mine?.body).toContain('"name":"Parity"');
  }
});

test.each(["", "/at?seq=9", "/race", "/timeline", "/players/p1/events"])(
  "an entity tag of one is good with the other: %s",
  async (rest) => {
    const path = `${board}${rest}`;
    const { headers } = await own.send({ path });
    const again = await plain.send({ path, headers: { "if-none-match": String(headers.etag) } });
    expect([again.status, again.text]).toEqual([304, ""]);
  },
);

const write = { authorization: "", ...json };
const refusals: HttpCall[] = [
  { headers: json, body: '{"player":"x","score":1}' },
  { headers: { ...json, authorization: "Bearer rungs_nonsense" }, body: '{"player":"x","score":1}' },
  { headers: write, body: "{" },
  { headers: write, body: "[".repeat(5_000) },
  { headers: write, body: '{"player":"x","score":1e309}' },
  { headers: write, body: '{"scores":[]}' },
  { headers: write, body: '{"player":"x","score":1.234}' },
  { headers: write, body: '{"player":"nobody","name":"Nobody"}' },
  { headers: write, path: `${board}/scores?atomic=yes`, body: '{"player":"x","score":1}' },
  {
    headers: write,
    path: `${board}/scores?atomic=true&round=true`,
    body: '{"scores":[{"player":"x","score":1.234},{"player":"","score":1}]}',
  },
  { headers: { ...write, "content-type": "text/plain" }, body: '{"player":"x","score":1}' },
  { headers: { ...write, "idempotency-key": "\u00e9" }, body: '{"player":"x","score":1}' },
  { headers: write, body: `"${"x".repeat(3_000_000)}"` },
].map((call) => ({ method: "POST", path: `${board}/scores`, ...call }));

test.each(refusals.map((call, i) => [i, String(call.body).slice(0, 30), call]))(
  "bad post %i, %s, is refused alike",
  async (_, __, call) => {
    const { headers, ...rest } = call as HttpCall & { headers: Record<string, string> };
    const sent = { ...rest, headers: { ...headers, ...(headers.authorization === "" && { authorization }) } };
    const [mine, nexts] = [await own.send(sent), await plain.send(sent)];
    expect(essence(nexts)).toEqual(essence(mine));
    expect(mine.status).toBeGreaterThanOrEqual(400);
    expect(mine.status).toBeLessThan(500);
  },
);

test("a score posted to one, repeated to the other, is counted once and answered the same", async () => {
  const body = { player: "p1", score: 99, tiebreaks: [1] };
  const key = { "idempotency-key": "once" };
  const scores = `${board}/scores?round=true`;
  const first = await post(plain, scores, body, key);
  const again = await post(own, scores, body, key);
  const thrice = await post(plain, scores, body, key);
  expect([first.status, first.headers["idempotent-replayed"]]).toEqual([200, undefined]);
  expect(essence(thrice)).toEqual(essence(again));
  expect([again.status, again.headers["idempotent-replayed"], again.text]).toEqual([200, "true", first.text]);
  const other = await post(own, scores, { ...body, score: 98 }, key);
  expect(essence(await post(plain, scores, { ...body, score: 98 }, key))).toEqual(essence(other));
});

test("boards are made, changed and deleted alike", async () => {
  for (const one of [own, plain]) {
    const other = one === own ? plain : own;
    const send = (method: string, path: string, body?: unknown, to = one) =>
      to.send({
        method,
        path,
        headers: { authorization, ...json },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const made = await send("POST", "/api/v1/boards", { id: "made", name: "Made" });
    expect([made.status, made.json().name]).toEqual([201, "Made"]);
    expect((await send("POST", "/api/v1/boards", { id: "made", name: "Made" }, other)).status).toBe(409);
    expect((await send("PATCH", "/api/v1/boards/made", { nmae: 1 })).status).toBe(422);
    const changed = await send("PATCH", "/api/v1/boards/made", { name: "Changed" });
    expect([changed.status, changed.json().name]).toEqual([200, "Changed"]);
    const seen = async () => (await other.send({ path: "/api/v1/boards/made" })).json().board.name;
    await expect.poll(seen, { timeout: 2_000 }).toBe("Changed");
    expect((await send("DELETE", "/api/v1/boards/made")).status).toBe(204);
    expect((await send("DELETE", "/api/v1/boards/made", undefined, other)).status).toBe(404);
  }
});

test("streams begin alike, bring the same deltas with the same ids, and take up where the other left off", async () => {
  const open = ({ port }: Server) => openStream({ port, board: "parity", query: { player: "p2" } });
  const [mine, nexts] = [await open(own), await open(plain)];
  for (const one of [mine, nexts]) {
    await one.next("standing");
    expect(one.status).toBe(200);
    expect(one.headers["content-encoding"]).toBeUndefined();
    expect(one.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
    });
  }
  const { version } = (await post(plain, `${board}/scores`, { player: "p2", score: 200, tiebreaks: [0] })).json();
  await Promise.all([mine.reaches(version, 1_000), nexts.reaches(version, 1_000)]);
  const said = (one: typeof mine) =>
    one.events
      .filter(({ event }) => event !== "heartbeat" && event !== "standing")
      .map(({ event, id, text }) => [event, id, withoutTimes(text)]);
  expect(said(nexts)).toEqual(said(mine));
  for (const [from, to] of [
    [mine, plain],
    [nexts, own],
  ] as const) {
    from.close();
    const headers = { "last-event-id": from.lastEventId() };
    const back = await openStream({ port: to.port, board: "parity", headers, resumed: from.view.snapshot });
    await back.next("heartbeat");
    expect(back.view.seen.snapshot).toBe(0);
    back.close();
  }
});

test("plain `next start` says goodbye to its streams when it is ended, and ends", async () => {
  const streams = await Promise.all(
    Array.from({ length: 20 }, () => openStream({ port: plain.port, board: "parity" })),
  );
  await Promise.all(streams.map((stream) => stream.next("snapshot")));
  const endedAt = performance.now();
  plain.program.kill("SIGTERM");
  await Promise.all(streams.map((stream) => stream.next("bye")));
  await plain.program.ended;
  expect(performance.now() - endedAt).toBeLessThan(5_000);
  for (const stream of streams) expect(stream.view.bye).toBe("draining");
});
