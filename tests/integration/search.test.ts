import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Entry, PlayerSearch } from "@/lib/domain/snapshot";
import { searchSchema } from "@/lib/http/reply-schemas";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { problemOf } from "@/tests/support/problem";
import { redisUrl } from "@/tests/support/redis";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";

let redis: TcpProxy;
let api: ApiServer;

beforeAll(async () => {
  redis = await startTcpProxy(redisUrl());
  api = await startApi({ redisUrl: redis.through(redisUrl()), background: false });
});

afterAll(async () => {
  await api.close();
  await redis.close();
});

const at = (board: string, query: string) => `/api/v1/boards/${board}/players${query}`;

async function search(board: string, q: string, limit?: number): Promise<PlayerSearch["players"]> {
  const query = new URLSearchParams({ q, ...(limit !== undefined && { limit: String(limit) }) });
  const reply = await api.get(at(board, `?${query}`));
  expect([q, reply.status]).toEqual([q, 200]);
  return reply.json().players;
}

async function boardOf(names: Record<string, string>, scores: Record<string, number> = {}): Promise<string> {
  const board = await api.newBoard();
  const items = Object.entries(names).map(([player, name]) => ({ player, name, score: scores[player] ?? 0 }));
  await api.score(board, { scores: items });
  return board;
}

test("what is found has the documented shape, with the rank that the board shows", async () => {
  const board = await api.newBoard({ decimals: 2, tiebreaks: [{ name: "t", order: "asc" }], rankStyle: "dense" });
  const scores = [9.25, 9.25, 7.5, 3].map((score, i) => ({ player: `p${i}`, name: `Ada ${i}`, score, tiebreaks: [4] }));
  await api.score(board, { scores });
  const reply = await api.get(at(board, "?q=ada"));
  expect(reply.headers["content-type"]).toBe("application/json");
  expect(reply.headers["cache-control"]).toBe("public, max-age=2, s-maxage=5");
  const found: PlayerSearch = reply.json();
  expect(searchSchema.parse(found)).toEqual(found);
  const { entries }: { entries: Entry[] } = (await api.get(`/api/v1/boards/${board}`)).json();
  expect(found.players).toEqual(entries.map(({ position: _position, ...entry }) => entry));
  expect(found.players.map(({ rank }) => rank)).toEqual([1, 1, 2, 3]);
});

test("an id, a name, or a name from its second word on is found by how it begins, in any case", async () => {
  const board = await boardOf({ "Team-7": "Ada King Lovelace", x: "ŁUKASZ Ünal", y: "北京大学 一队", "😀": "Ελένη" });
  const found = async (q: string) => (await search(board, q)).map(({ player }) => player);
  expect(await found("ada")).toEqual(["Team-7"]);
  expect(await found("TEAM-")).toEqual(["Team-7"]);
  expect(await found("king love")).toEqual(["Team-7"]);
  expect(await found("lovelace")).toEqual([]);
  expect(await found("eam")).toEqual([]);
  expect(await found("łuk")).toEqual(["x"]);
  expect(await found("ÜNAL")).toEqual(["x"]);
  expect(await found("北")).toEqual(["y"]);
  expect(await found("一")).toEqual(["y"]);
  expect(await found("ΕΛ")).toEqual(["😀"]);
  expect(await found("😀")).toEqual(["😀"]);
});

test("nothing in a text is a wildcard, not even the last character there is", async () => {
  const last = "\u{10FFFF}";
  const board = await boardOf({
    a: "100% sure",
    b: "100_x",
    c: "100\\x",
    d: "1000",
    e: last.repeat(128),
    f: `x${last}y`,
  });
  const found = async (q: string) => (await search(board, q)).map(({ player }) => player).toSorted();
  expect(await found("100%")).toEqual(["a"]);
  expect(await found("100_")).toEqual(["b"]);
  expect(await found("100\\")).toEqual(["c"]);
  expect(await found("100")).toEqual(["a", "b", "c", "d"]);
  expect(await found("%")).toEqual([]);
  expect(await found("'; --")).toEqual([]);
  expect(await found(last)).toEqual(["e"]);
  expect(await found(last.repeat(128))).toEqual(["e"]);
  expect(await found("x")).toEqual(["f"]);
});

test("whoever is called just that comes first, then the better standings", async () => {
  const names = { a: "Bob", b: "Bobby", c: "Bobina", d: "Bo", bob: "Zed", e: "Rob" };
  const board = await boardOf(names, { a: 1, b: 2, c: 3, d: 9, bob: 0 });
  expect((await search(board, "bob")).map(({ player }) => player)).toEqual(["a", "bob", "c", "b"]);
  expect((await search(board, "bob", 3)).map(({ player }) => player)).toEqual(["a", "bob", "c"]);
  expect((await search(board, "bo")).map(({ player }) => player)).toEqual(["d", "c", "b", "a", "bob"]);
});

test("a name that was given up is found no more, and other boards' players are not found", async () => {
  const [board, other] = [await boardOf({ a: "Ada" }), await boardOf({ b: "Ada" })];
  await api.score(board, { player: "a", name: "Grace", score: 1 });
  expect(await search(board, "ada")).toEqual([]);
  expect((await search(board, "grace")).map(({ player }) => player)).toEqual(["a"]);
  expect((await search(other, "ada")).map(({ player }) => player)).toEqual(["b"]);
});

test("whatever the names, what is found is what a look at every player finds", async () => {
  const text = fc.array(fc.constantFrom("a", "A", "B", "é", "É", " ", "%", "_"), { minLength: 1, maxLength: 4 });
  const player = text.map((list) => list.join(""));
  const name = player.filter((one) => one.trim() !== "");
  const names = fc.dictionary(player, name, { maxKeys: 12 });
  await fc.assert(
    fc.asyncProperty(names, text, async (given, parts) => {
      const q = parts.join("");
      const board = await boardOf({ ...given, z: "z" });
      const begins = (one: string) => one.toLowerCase().startsWith(q.toLowerCase());
      const expected = Object.entries(given).filter(([player, name]) => {
        return begins(player) || begins(name) || (name.includes(" ") && begins(name.slice(name.indexOf(" ") + 1)));
      });
      const found = (await search(board, q, 50)).map(({ player }) => player);
      expect(found.toSorted()).toEqual(expected.map(([player]) => player).toSorted());
    }),
    { numRuns: 60 },
  );
});

test("while the rank index is away ranks are null, and players are found all the same", async () => {
  const board = await boardOf({ a: "Ada", b: "Adam" }, { b: 5 });
  expect((await search(board, "ada")).map(({ rank }) => rank)).toEqual([2, 1]);
  await redis.refuse();
  try {
    const found = await search(board, "ada");
    expect(found.map(({ player, rank }) => [player, rank])).toEqual([
      ["a", null],
      ["b", null],
    ]);
  } finally {
    await redis.pass();
    await vi.waitFor(() => api.services.index.probe(), { timeout: 10_000, interval: 50 });
  }
});

test("scores of players who are there touch none of the indexes that search goes by", async () => {
  const updates = await api.services.database.sql.begin(async (tx) => {
    // A copy with the same indexes, where there is room on the page for what is updated.
    await tx`create temporary table copied (like standings including all) on commit drop`;
    await tx`insert into copied (board_uid, player, name, score, reached, seq) values (1, 'a', 'Grace Hopper', 1, 1, 1)`;
    await tx`update copied set name = name, score = 2, reached = 2, seq = 2`;
    return tx`select n_tup_upd::int as all, n_tup_hot_upd::int as hot from pg_stat_xact_user_tables
      where relname = 'copied'`;
  });
  expect(updates).toMatchObject([{ all: 1, hot: 1 }]);
});

test.each([
  ["", "q"],
  ["?q=", "q"],
  [`?q=${"x".repeat(129)}`, "q"],
  ["?q=a%00", "q"],
  ["?q=a%0A", "q"],
  ["?q=a&q=b", "q"],
  ["?q=a&limit=0", "limit"],
  ["?q=a&limit=51", "limit"],
  ["?q=a&limit=ten", "limit"],
])("%s is refused by the parameter's name", async (query, pointer) => {
  const reply = await api.get(at(await api.newBoard(), query));
  expect([reply.status, problemOf(reply).errors.map((error) => error.pointer)]).toEqual([422, [pointer]]);
});

test("a board that is not there is a 404", async () => {
  const reply = await api.get(at("no-such-board", "?q=a"));
  expect([reply.status, problemOf(reply).code]).toEqual([404, "board-not-found"]);
});
