import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createPlayerTokens } from "@/lib/auth/player-tokens";
import { inboxView, playerTokenView } from "@/lib/domain/inbox-input";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { problemOf } from "@/tests/support/problem";

let api: ApiServer;
let writer: string;
let board: string;
let other: string;

beforeAll(async () => {
  api = await startApi();
  writer = (await api.newKey(["scores:write"])).authorization;
  [board, other] = [await api.newBoard(), await api.newBoard()];
  for (const id of [board, other]) await api.score(id, { player: "p1", score: 5 });
});

afterAll(() => api.close());

const mint = (player: string, body: unknown = {}, authorization = writer) =>
  api.call("POST", `/api/v1/players/${encodeURIComponent(player)}/token`, body, { authorization });
const inboxOf = (player: string, on = board) => `/api/v1/boards/${on}/players/${encodeURIComponent(player)}/inbox`;
const read = (authorization: string, player = "p1", on = board, query = "") =>
  api.get(inboxOf(player, on) + query, { authorization });
const acknowledge = (authorization: string, body: unknown, player = "p1", on = board) =>
  api.call("POST", `${inboxOf(player, on)}/ack`, body, { authorization });
const tokenFor = async (player = "p1", key = writer) => `Bearer ${(await mint(player, {}, key)).json().token}`;

test("a key that may write scores gets a token, which opens this player's inboxes and nothing is kept by a cache", async () => {
  const before = Date.now();
  const reply = await mint("p1");
  expect([reply.status, reply.headers["cache-control"]]).toEqual([201, "no-store"]);
  const view = playerTokenView.parse(reply.json());
  expect(view).toMatchObject({
    player: "p1",
    boards: null,
    token: expect.stringMatching(/^rungs_player_[\w-]+\.[\w-]+\.[\w-]+$/),
  });
  expect(Math.abs(Date.parse(view.expiresAt) - before - 86_400_000)).toBeLessThan(5_000);
  for (const on of [board, other]) {
    const inbox = await read(`Bearer ${view.token}`, "p1", on);
    expect([inbox.status, inbox.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(inboxView.parse(inbox.json())).toEqual({ items: [], unacknowledged: 0 });
  }
});

test.each([
  [{ ttl: 60 }, 60],
  [{ ttl: 2_592_000 }, 2_592_000],
])("it lives as long as asked: %j", async (body, seconds) => {
  const { expiresAt } = (await mint("p1", body)).json();
  expect(Math.abs(Date.parse(expiresAt) - Date.now() - seconds * 1_000)).toBeLessThan(5_000);
});

test.each(
  [{ ttl: 59 }, { ttl: 2_592_001 }, { ttl: 60.5 }, { ttl: "60" }, { ttl: null }, { life: 60 }, [], 7].map((body) => [
    body,
  ]),
)("nobody gets one for %j", async (body) => expect(problemOf(await mint("p1", body)).code).toBe("invalid-request"));

test("without a key, with another kind of key, or for what cannot be a player, there is none", async () => {
  const manager = (await api.newKey(["boards:manage"])).authorization;
  expect((await mint("p1", {}, "")).status).toBe(401);
  expect((await mint("p1", {}, await tokenFor())).status).toBe(401);
  expect((await mint("p1", {}, manager)).status).toBe(403);
  expect((await mint("\u0007")).status).toBe(422);
  expect((await mint("x".repeat(129))).status).toBe(422);
});

test("any player there can be has a token and an inbox", async () => {
  for (const player of ["a/b", "münchen", "👩‍👩‍👧", "...", "x".repeat(128), "%41"]) {
    const reply = await read(await tokenFor(player), player);
    expect([player, reply.status]).toEqual([player, 200]);
  }
});

test("a key for some boards gets a token for these", async () => {
  const limited = (await api.newKey(["scores:write"], [board])).authorization;
  const reply = (await mint("p1", {}, limited)).json();
  expect(reply.boards).toEqual([board]);
  expect((await read(`Bearer ${reply.token}`)).status).toBe(200);
  const refused = await read(`Bearer ${reply.token}`, "p1", other);
  expect(problemOf(refused)).toMatchObject({ status: 403, code: "forbidden" });
  expect((await acknowledge(`Bearer ${reply.token}`, { ids: [1] }, "p1", other)).status).toBe(403);
});

test("nobody reads or acknowledges with another player's token", async () => {
  const token = await tokenFor("p2");
  expect(problemOf(await read(token)).status).toBe(403);
  expect(problemOf(await acknowledge(token, { ids: [1] })).status).toBe(403);
});

test("a token that was forged, cut, signed otherwise or not at all is as good as none", async () => {
  const good = (await tokenFor()).replace("Bearer ", "");
  const claims = { boards: null };
  const sign = (secret: string, audience = "rungs-player") =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256" })
      .setSubject("p1")
      .setAudience(audience)
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode(secret));
  const unsigned = [{ alg: "none" }, { sub: "p1", aud: "rungs-player", exp: 9e9, ...claims }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const [head, body, signature] = good.split(".");
  const others = Buffer.from(JSON.stringify({ sub: "p2", aud: "rungs-player", exp: 9e9, ...claims })).toString(
    "base64url",
  );
  const elsewhere = await createPlayerTokens("another secret of another installation").mint({
    player: "p1",
    boards: null,
    lifeS: 60,
  });
  const bad = [
    `${head}.${others}.${signature}`,
    `${head}.${body}.`,
    good.slice(0, -4),
    good.replace("rungs_player_", ""),
    `rungs_player_${await sign("an-auth-secret-only-for-tests-0123456789")}`,
    `rungs_player_${unsigned}.`,
    elsewhere.token,
    `rungs_player_${"x".repeat(13_000)}`,
    writer.replace("Bearer ", ""),
  ];
  for (const token of bad) {
    expect([token.slice(0, 60), (await read(`Bearer ${token}`)).status]).toEqual([token.slice(0, 60), 401]);
    expect((await acknowledge(`Bearer ${token}`, { ids: [1] })).status).toBe(401);
  }
  for (const header of ["", "Basic YTpi", good, `Bearer ${good}, Bearer ${good}`])
    expect((await read(header)).status).toBe(401);
  expect(problemOf(await api.get(inboxOf("p1"))).status).toBe(401);
});

test("a token is refused from the moment it expires", async () => {
  const token = `Bearer ${(await mint("p1", { ttl: 60 })).json().token}`;
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 59_000 });
  try {
    expect(await api.services.playerTokens.verify(token.slice(7))).toEqual({ player: "p1", boards: null });
    vi.setSystemTime(Date.now() + 2_000);
    expect(await api.services.playerTokens.verify(token.slice(7))).toBeNull();
    expect((await read(token)).status).toBe(401);
  } finally {
    vi.useRealTimers();
  }
});

test("an inbox of no board, and questions that make no sense, are refused", async () => {
  const token = await tokenFor();
  expect(problemOf(await read(token, "p1", "none")).code).toBe("board-not-found");
  for (const query of ["?limit=0", "?limit=201", "?after=-1", "?after=x", "?limit=1&limit=2"]) {
    expect((await read(token, "p1", board, query)).status).toBe(422);
  }
  const lists = [
    {},
    { ids: [] },
    { ids: [0] },
    { ids: [1.5] },
    { ids: ["1"] },
    { ids: Array(201).fill(1) },
    { ids: [2 ** 60] },
  ];
  for (const body of lists)
    expect([JSON.stringify(body).slice(0, 40), (await acknowledge(token, body)).status]).toEqual([
      JSON.stringify(body).slice(0, 40),
      422,
    ]);
  expect((await acknowledge(token, { ids: [2 ** 53 - 1] })).json()).toEqual({ unacknowledged: 0 });
});
