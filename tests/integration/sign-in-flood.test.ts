/** Floods of people who want to come in, while Postgres does not answer what they ask it. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makeLink } from "@/lib/auth/invitations";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { goodPassword } from "@/tests/support/auth";
import type { HttpReply } from "@/tests/support/http-client";
import { tokenOf } from "@/tests/support/join-links";

/** Many times the connections to Postgres. */
const floodSize = 200;
const signIn = "/api/auth/sign-in/email";
const accept = "/api/v1/invitations/accept";
const join = { name: "Grace", email: "grace@example.com", password: goodPassword };
const right = { email: "ada@example.com", password: goodPassword };

let api: ApiServer;
let board: string;

beforeAll(async () => {
  api = await startApi({ redisUrl: null, background: false, env: { TRUSTED_PROXIES: "127.0.0.1" } });
  board = await api.newBoard();
  await api.signIn();
});

afterAll(() => api.close());

let addresses = 0;
const post = (path: string, body: object, address = `192.0.2.${++addresses}`) =>
  api.call("POST", path, body, { "x-forwarded-for": address, "sec-fetch-site": "same-origin" });
const score = async () => (await api.score(board, { player: "a", score: 1 })).status;
const count = (replies: readonly HttpReply[], status: number) => replies.filter((one) => one.status === status).length;

/** While a table is locked, floods of requests are refused but for the few that may wait for it. */
async function flood(table: string, path: string, body: object, addressOf: (i: number) => string, work: () => unknown) {
  const replies: HttpReply[] = [];
  const { sql } = api.services.database;
  const all = await sql.begin(async (tx) => {
    await tx`lock table ${tx(table)} in access exclusive mode`;
    const sent = Array.from({ length: floodSize }, async (_, i) => {
      const reply = await post(path, body, addressOf(i));
      replies.push(reply);
      return reply;
    });
    await vi.waitFor(() => expect(replies.length).toBeGreaterThan(100), { timeout: 4_000 });
    await work();
    expect(replies.map(({ status, headers }) => [status, Number(headers["retry-after"]) > 0])).toEqual(
      replies.map(() => [429, true]),
    );
    return sent;
  });
  return Promise.all(all);
}

test("sign-ins of one address wait for each other, not for all connections to Postgres", async () => {
  const wrong = { email: "nobody@example.com", password: "wrong" };
  const replies = await flood(
    "auth_rate_limits",
    signIn,
    wrong,
    () => "198.51.100.1",
    async () => {
      expect([await score(), await score()]).toEqual([200, 200]);
    },
  );
  expect([count(replies, 401), count(replies, 429)]).toEqual([3, floodSize - 3]);
  expect((await post(signIn, right)).status).toBe(200);
});

test("tries of invitations from one address keep nobody else from signing in", async () => {
  const used = { ...join, token: "x".repeat(43) };
  const replies = await flood(
    "invitations",
    accept,
    used,
    () => "198.51.100.2",
    async () => {
      expect([await score(), (await post(signIn, right)).status, await score()]).toEqual([200, 200, 200]);
    },
  );
  expect([count(replies, 410), count(replies, 429)]).toEqual([5, floodSize - 5]);
  const { url } = await makeLink(api.services.database.db, "http://localhost", { kind: "invite", invitedBy: null });
  expect((await post(accept, { ...join, token: tokenOf(url) })).status).toBe(201);
});

test("from however many addresses they come, they leave Postgres to posts", async () => {
  const used = { ...join, token: "x".repeat(43) };
  const replies = await flood(
    "invitations",
    accept,
    used,
    (i) => `203.0.113.${i}`,
    async () => {
      expect([await score(), await score()]).toEqual([200, 200]);
    },
  );
  expect(count(replies, 410)).toBeGreaterThan(50);
  expect(count(replies, 410) + count(replies, 429)).toBe(floodSize);
});
