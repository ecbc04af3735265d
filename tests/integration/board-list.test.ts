/** The list of boards: in order, page by page, with leaders and viewers, and cheap however many ask. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { BoardList } from "@/lib/domain/board-list";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { streamsOf } from "@/tests/support/sse-client";

let redis: PrivateRedis;
let redisIsThere = true;
let api: ApiServer;

beforeAll(async () => {
  redis = await startPrivateRedis();
  api = await startApi({ redisUrl: redis.url });
});

afterAll(async () => {
  await api?.close();
  if (redisIsThere) await redis?.stop();
});

const path = (query: string) => `/api/v1/boards${query.replaceAll(" ", "+")}`;

/** Tests ask with a limit of their own where they must not get what is kept: it changes nothing but the question. */
async function list(query = ""): Promise<BoardList> {
  const reply = await api.get(path(query));
  expect(reply.status).toBe(200);
  return reply.json();
}

const ids = ({ boards }: BoardList) => boards.map(({ id }) => id);
const scored = (board: string, score = 1) => api.score(board, { player: "ada", name: "Ada", score });

/** What is kept of a list holds for a second, or longer where it took long to make. */
const newer = { timeout: 8_000, interval: 100 };

test("tells of each board who leads with the exact score, how many play, when it changed and how many watch", async () => {
  const tiebreaks = [{ name: "falls", order: "asc" as const }];
  const board = await api.newBoard({ name: "Told of", decimals: 3, tiebreaks, delivery: "sse" });
  const before = Date.now();
  // More digits than a number of JavaScript has.
  const ada = '{"player":"ada","name":"Ada","score":9007199254740.991,"tiebreaks":[2]}';
  await api.score(board, `{"scores":[${ada},{"player":"bob","name":"Bob","score":12.5}]}`);
  const streams = streamsOf(api.port);
  const stream = await streams.watch(board);
  await stream.next("snapshot", 2_000);
  const reply = await api.get(path("?q=told of"));
  streams.close();
  const { boards, total, next } = reply.json() as BoardList;
  expect([total, next]).toEqual([1, null]);
  expect(boards).toEqual([
    {
      ...{ id: board, name: "Told of", order: "desc", operator: "best", decimals: 3, tiebreaks },
      ...{ rankStyle: "competition", delivery: "sse", total: 2, viewers: 1, changedAt: expect.any(String) },
      leader: { rank: 1, position: 1, player: "ada", name: "Ada", score: expect.any(Number), tiebreaks: [2] },
    },
  ]);
  expect(reply.text).toContain('"score":9007199254740.991,');
  expect(Math.abs(Date.parse(boards[0]?.changedAt ?? "") - before)).toBeLessThan(10_000);
});

test("is in order of the last change, where a post that changes nothing is none and a new board counts as made", async () => {
  const [first, second] = [await api.newBoard({ name: "order a" }), await api.newBoard({ name: "order b" })];
  const empty = await api.newBoard({ name: "order c" });
  const order = async (limit: number) => ids(await list(`?sort=changed&q=order&limit=${limit}`));
  expect(await order(90)).toEqual([empty, second, first]);
  await scored(first, 5);
  expect(await order(91)).toEqual([first, empty, second]);
  await scored(second, 5);
  await scored(first, 4);
  expect(await order(92)).toEqual([second, first, empty]);
  expect((await list("?q=order&limit=93")).boards.map(({ changedAt }) => changedAt !== null)).toEqual([
    true,
    true,
    false,
  ]);
});

test.each(["name", "changed"])("goes page by page through all of them, each once, by %s", async (sort) => {
  const made = await Promise.all(Array.from({ length: 7 }, () => api.newBoard({ name: `paged by ${sort}` })));
  await Promise.all(made.slice(0, 4).map((board) => scored(board)));
  const whole = await list(`?sort=${sort}&q=PAGED by ${sort}&limit=100`);
  expect(ids(whole).toSorted()).toEqual(made.toSorted());
  const seen: string[] = [];
  let after = "";
  for (let page = 0; page < 4; page++) {
    const { boards, total, next } = await list(`?sort=${sort}&q=paged by ${sort}&limit=2${after}`);
    expect(total).toBe(7);
    seen.push(...boards.map(({ id }) => id));
    after = next ? `&after=${next}` : "none";
  }
  expect([seen, after]).toEqual([ids(whole), "none"]);
});

test("a board that changes while somebody pages through is not met twice", async () => {
  const made: string[] = [];
  for (let i = 0; i < 4; i++) made.unshift(await api.newBoard({ name: "moving" }));
  const first = await list("?sort=changed&q=moving&limit=2");
  expect(ids(first)).toEqual(made.slice(0, 2));
  await scored(made[3] ?? "");
  expect(ids(await list(`?sort=changed&q=moving&limit=2&after=${first.next}`))).toEqual([made[2]]);
});

test("finds boards by a part of the name or id in any case, and no character of it has a meaning", async () => {
  const board = await api.newBoard({ id: "needle-7", name: "100% of_what? \\ Größe" });
  for (const q of ["EEDLE-7", "% of_", "_what?", "\\", "größe"]) {
    expect(ids(await list(`?q=${encodeURIComponent(q)}`))).toEqual([board]);
  }
  for (const q of ["%needle", "needle_7", "100%%", "'"]) {
    expect(await list(`?q=${encodeURIComponent(q)}`)).toEqual({ boards: [], total: 0, next: null });
  }
});

test.each([
  ...["limit=0", "limit=101", "sort=best", "q=", `q=${"x".repeat(129)}`, "q=%00", "after=nothing", "after=e30"],
  `sort=changed&after=${Buffer.from('{"sort":"name","name":"a","id":"a"}').toString("base64url")}`,
  `after=${Buffer.from('{"sort":"name","name":"a\\u0000","id":"a"}').toString("base64url")}`,
])("refuses %s", async (query) => {
  const reply = await api.get(path(`?${query}`));
  expect([reply.status, reply.json().code]).toEqual([422, "invalid-request"]);
});

test("has a tag that stays while nothing changes and differs afterwards, and shows a change within seconds", async () => {
  const board = await api.newBoard({ name: "tagged" });
  await scored(board);
  const query = path("?q=tagged&sort=changed");
  const { headers } = await api.get(query);
  expect(headers["cache-control"]).toBe("public, max-age=0, s-maxage=1, stale-while-revalidate=2");
  const ask = () => api.get(query, { "if-none-match": String(headers.etag) });
  const again = await ask();
  expect([again.status, again.text, again.headers.etag]).toEqual([304, "", headers.etag]);
  await scored(board, 2);
  await vi.waitFor(async () => expect((await ask()).status).toBe(200), newer);
  expect((await ask()).json().boards[0].leader.score).toBe(2);
});

test("hundreds who ask at once cost what one does", async () => {
  await Promise.all(
    Array.from({ length: 30 }, async (_, i) => {
      await scored(await api.newBoard({ name: `crowd ${i}` }));
    }),
  );
  const commands = async () => {
    const stats = String(await redis.command("INFO", "stats"));
    return Number(/total_commands_processed:(\d+)/.exec(stats)?.[1]);
  };
  const query = path("?q=crowd&sort=changed");
  const before = await commands();
  const startedAt = performance.now();
  const replies = await Promise.all(Array.from({ length: 400 }, () => api.get(query)));
  expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(replies[0]?.json().boards).toHaveLength(30);
  // One page of each board, where each command that its script calls counts; again for every second that it all takes.
  const seconds = Math.ceil((performance.now() - startedAt) / 1_000);
  expect((await commands()) - before).toBeLessThan(10 * 30 * seconds);
  const boards = (await list("?q=crowd&limit=99")).boards;
  const settled = await commands();
  // Nothing has changed: each board's page is held, so only the positions are looked at.
  expect(boards).toHaveLength(30);
  await list("?q=crowd&limit=98");
  expect((await commands()) - settled).toBeLessThan(5 * 30);
});

test("a board that is deleted is gone within seconds, and one with its id again is another", async () => {
  const board = await api.newBoard({ name: "short-lived" });
  await scored(board);
  expect(ids(await list("?q=short-lived"))).toEqual([board]);
  const { authorization } = await api.newKey(["boards:manage"]);
  expect((await api.call("DELETE", path(`/${board}`), undefined, { authorization })).status).toBe(204);
  await vi.waitFor(async () => expect(ids(await list("?q=short-lived"))).toEqual([]), newer);
  await api.newBoard({ id: board, name: "short-lived" });
  await vi.waitFor(async () => expect(await list("?q=short-lived")).toMatchObject({ total: 1 }), newer);
  expect((await list("?q=short-lived")).boards[0]).toMatchObject({ total: 0, leader: null, changedAt: null });
});

test("with Redis gone it is as complete, from Postgres, and marked stale", async () => {
  const board = await api.newBoard({ name: "left alone" });
  await scored(board, 7);
  await redis.stop();
  redisIsThere = false;
  const { boards } = await list("?q=left alone");
  expect(boards).toMatchObject([{ id: board, total: 1, leader: { name: "Ada", score: 7 }, viewers: 0, stale: true }]);
}, 30_000);
