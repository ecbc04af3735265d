import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiServer, startApi } from "@/tests/support/api-server";

let api: ApiServer;
let organizer: Record<string, string>;
let manager: Record<string, string>;
let own: string;
const others: Record<string, Record<string, string>> = {};
const at = (board: string) => `/api/v1/boards/${board}`;

beforeAll(async () => {
  api = await startApi();
  organizer = await api.signIn();
  manager = { authorization: (await api.newKey(["boards:manage"])).authorization };
  own = await api.newBoard();
  const key = async (...input: Parameters<ApiServer["newKey"]>) => ({
    authorization: (await api.newKey(...input)).authorization,
  });
  const revoked = await api.newKey(["boards:manage"]);
  await api.services.apiKeys.revoke(revoked.id);
  others["no key and no cookie"] = { "sec-fetch-site": "same-origin" };
  others["no browser, no key and no cookie"] = {};
  others["a key that was revoked"] = { authorization: revoked.authorization };
  others["half a key"] = { authorization: revoked.authorization.slice(0, -1) };
  others["something else than a key"] = { authorization: "Basic YTpi" };
  others["a key that may only write scores"] = await key(["scores:write"]);
  others["another board's key"] = await key(["boards:manage"], ["another"]);
  others["the cookie, but from another site"] = { ...organizer, "sec-fetch-site": "cross-site" };
  others["the cookie, but no sign of where from"] = { cookie: organizer.cookie ?? "" };
  others["a cookie that was tampered with"] = { ...organizer, cookie: `${organizer.cookie?.slice(0, -6)}AAAAAA` };
});

afterAll(() => api.close());

test.each([
  ["no key and no cookie", 401],
  ["no browser, no key and no cookie", 401],
  ["a key that was revoked", 401],
  ["half a key", 401],
  ["something else than a key", 401],
  ["a key that may only write scores", 403],
  ["another board's key", 403],
  ["the cookie, but from another site", 403],
  ["the cookie, but no sign of where from", 403],
  ["a cookie that was tampered with", 401],
])("not who has %s: %i, and nothing changes", async (who, status) => {
  const headers = others[who] ?? {};
  const before = await api.rows();
  const replies = [
    await api.call("POST", "/api/v1/boards", { id: "of-nobody", name: "x" }, headers),
    await api.call("PATCH", at(own), { name: "x" }, headers),
    await api.call("DELETE", at(own), undefined, headers),
  ];
  expect(replies.map((reply) => reply.status)).toEqual([status, status, status]);
  for (const reply of replies) expect(reply.headers["content-type"]).toBe("application/problem+json");
  expect(await api.rows()).toEqual(before);
});

test("a signed-in organizer may, and a key for boards, and a key for just this board", async () => {
  const { authorization } = await api.newKey(["boards:manage"], ["only-this"]);
  for (const headers of [organizer, manager, { authorization }]) {
    const made = await api.call("POST", "/api/v1/boards", { id: "only-this", name: "x" }, headers);
    const changed = await api.call("PATCH", at("only-this"), { name: "y" }, headers);
    const removed = await api.call("DELETE", at("only-this"), undefined, headers);
    expect([made, changed, removed].map(({ status }) => status)).toEqual([201, 200, 204]);
  }
});

test("a key is told apart by what it may do: managing boards does not let it post scores", async () => {
  expect((await api.score(own, { player: "a", score: 1 }, manager)).status).toBe(403);
});
