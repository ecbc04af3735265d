/** What watched players find in their inbox, through crashes, rebuilds and rival instances: each moment once. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { deleteOldItems, deleteOldMarks, deleteOldWatches, eraseDeletedBoards } from "@/db/queries/clean-up";
import type { Inbox } from "@/lib/domain/moments";
import { judgeBoard } from "@/lib/inbox/judge-board";
import { InboxKeeper } from "@/lib/inbox/keeper";
import { commitScores } from "@/lib/leaderboard/commit-scores";
import { deleteBoard } from "@/lib/leaderboard/delete-board";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { streamsOf } from "@/tests/support/sse-client";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";

let redis: PrivateRedis;
let proxy: TcpProxy;
let api: ApiServer;
let writer: string;
let board: string;
let uid: number;

/** No keeper of its own accord, so that a test says when a board is judged. */
const asleep = { coalesceMs: 3_600_000, backstopMs: 3_600_000 };
const quick = { coalesceMs: 20, backstopMs: 100 };

async function start(keeper: typeof asleep, more: { redisUrl?: null } = {}) {
  api = await startApi({ redisUrl: proxy.through(redis.url), keeper, ...more });
  writer = (await api.newKey(["scores:write"])).authorization;
  board = await api.newBoard({ delivery: "sse" });
  uid = (await api.services.liveBoards.get(board)).board.uid;
}

beforeEach(async () => {
  redis = await startPrivateRedis();
  proxy = await startTcpProxy(redis.url);
});

afterEach(async () => {
  await api.close();
  await proxy.close();
  await redis.stop();
});

const post = async (scores: Record<string, number>) => {
  const items = Object.entries(scores).map(([player, score]) => ({ player, name: player.toUpperCase(), score }));
  const reply = await api.score(board, { scores: items });
  expect(reply.status).toBe(200);
  return reply.json();
};
const tokenFor = async (player: string) => {
  const reply = await api.call("POST", `/api/v1/players/${player}/token`, {}, { authorization: writer });
  return { authorization: `Bearer ${reply.json().token}` };
};
const at = (player: string) => `/api/v1/boards/${board}/players/${player}/inbox`;
const read = async (player: string, headers: { authorization: string }, query = ""): Promise<Inbox> =>
  (await api.get(at(player) + query, headers)).json();
const acknowledge = async (player: string, headers: { authorization: string }, ids: number[]) =>
  (await api.call("POST", `${at(player)}/ack`, { ids }, headers)).json();
const judge = () => judgeBoard(api.services, uid);
const kinds = ({ items }: Inbox) => items.map(({ kind }) => kind);

test("who is passed finds out once, by whom and how far, and no more once it is acknowledged", async () => {
  await start(asleep);
  await post({ ann: 30, bob: 20, cat: 10 });
  const bob = await tokenFor("bob");
  expect(await judge()).toEqual({ kind: "judged", newest: new Map() });
  await post({ cat: 25 });
  const { epoch, version } = (await api.get(`/api/v1/boards/${board}`)).json();
  await judge();
  const inbox = await read("bob", bob);
  expect(inbox).toEqual({
    items: [
      {
        id: expect.any(Number),
        board,
        kind: "passed",
        data: { rank: 3, previousRank: 2, by: { player: "cat", name: "CAT" } },
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        position: `${epoch}-${version}`,
      },
    ],
    unacknowledged: 1,
  });
  await judge();
  expect(await read("bob", bob)).toEqual(inbox);
  const [id = 0] = inbox.items.map((item) => item.id);
  const again = [id, id, id + 1_000];
  expect(await acknowledge("bob", bob, again)).toEqual({ unacknowledged: 0 });
  expect(await acknowledge("bob", bob, again)).toEqual({ unacknowledged: 0 });
  expect(await read("bob", bob)).toEqual({ items: [], unacknowledged: 0 });
});

test("metrics count what was stored, read and acknowledged, and tell how long that took", async () => {
  await start(asleep);
  const metric = async (series: string) =>
    Number(
      (await api.services.metrics.render()).body
        .split("\n")
        .find((line) => line.startsWith(`${series} `))
        ?.split(" ")[1],
    );
  const items = (status: string) => metric(`rungs_inbox_items_total{status="${status}"}`);
  await post({ ann: 30, bob: 20, cat: 10 });
  const bob = await tokenFor("bob");
  await judge();
  expect([await items("stored"), await metric("rungs_inbox_acknowledged_after_seconds_count")]).toEqual([0, 0]);
  await post({ cat: 25, bob: 99 });
  await judge();
  await post({ ann: 100 });
  await judge();
  const { items: told } = await read("bob", bob);
  await read("bob", bob, `?after=${told[0]?.id}`);
  await acknowledge("bob", bob, [told[0]?.id ?? 0, 12_345]);
  await acknowledge("bob", bob, [told[0]?.id ?? 0]);
  expect(told.map(({ kind }) => kind)).toEqual(["first", "passed"]);
  expect([await items("stored"), await items("read"), await items("acknowledged")]).toEqual([2, 3, 1]);
  expect(await metric("rungs_inbox_acknowledged_after_seconds_count")).toBe(1);
  const { sql } = api.services.database;
  const waited = "extract(epoch from acknowledged_at - created_at)::float8";
  const [row] = await sql.unsafe(`select ${waited} as wait from inbox_items where acknowledged_at is not null`);
  expect(await metric("rungs_inbox_acknowledged_after_seconds_sum")).toBe(row?.wait);
});

test("a watch begins where the player stands when the token is minted, whoever judges next", async () => {
  await start(asleep);
  await post({ ann: 30, bob: 20, cat: 10 });
  const bob = await tokenFor("bob");
  await post({ cat: 25 });
  await judge();
  expect(kinds(await read("bob", bob))).toEqual(["passed"]);
  // Those who are not watched have nothing, those watched from now on nothing of the past.
  const ann = await tokenFor("ann");
  await post({ cat: 99 });
  await tokenFor("ann");
  await judge();
  expect(kinds(await read("ann", ann))).toEqual(["passed"]);
  expect(await api.services.database.sql`select distinct player from inbox_items order by 1`).toMatchObject([
    { player: "ann" },
    { player: "bob" },
  ]);
});

test("a player who comes to the board after the token is watched from their first score on", async () => {
  await start(asleep);
  await post({ ann: 30 });
  const bob = await tokenFor("bob");
  await judge();
  await post({ bob: 20 });
  await judge();
  expect((await read("bob", bob)).items).toEqual([]);
  await post({ cat: 25, bob: 20 });
  await judge();
  expect(kinds(await read("bob", bob))).toEqual(["passed"]);
});

test("items are read in pages, oldest first, and acknowledged by their owner only", async () => {
  await start(asleep);
  await post({ ann: 30, bob: 20 });
  const [ann, bob] = [await tokenFor("ann"), await tokenFor("bob")];
  for (let i = 0; i < 5; i++) {
    await post({ ann: 40 + 20 * i });
    await judge();
    await post({ bob: 50 + 20 * i });
    await judge();
  }
  const all = await read("bob", bob);
  expect(kinds(all)).toEqual(["first", "passed", "first", "passed", "first", "passed", "first", "passed", "first"]);
  expect(all.items.map(({ id }) => id)).toEqual(all.items.map(({ id }) => id).toSorted((a, b) => a - b));
  const page = await read("bob", bob, `?limit=3&after=${all.items[2]?.id}`);
  expect(page).toEqual({ items: all.items.slice(3, 6), unacknowledged: 9 });
  expect(
    await acknowledge(
      "ann",
      ann,
      all.items.map(({ id }) => id),
    ),
  ).toEqual({ unacknowledged: 9 });
  expect((await read("bob", bob)).unacknowledged).toBe(9);
});

test("an instance that dies between index and judgement, or in the middle of it, loses and repeats nothing", async () => {
  await start(asleep);
  await post({ ann: 30, bob: 20, cat: 10 });
  const bob = await tokenFor("bob");
  await judge();
  await post({ cat: 25 });
  // It dies after it has inserted, and before it commits.
  const { database } = api.services;
  await database.sql.unsafe(`
    create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$;
    create trigger die after insert on inbox_items execute function die()`);
  await expect(judge()).rejects.toThrow("killed");
  await database.sql.unsafe("drop trigger die on inbox_items");
  expect(await read("bob", bob)).toEqual({ items: [], unacknowledged: 0 });
  // Another instance finds it without having heard of any change.
  const told: [number, Map<string, number>][] = [];
  const keeper = new InboxKeeper(api.services, (uid, newest) => told.push([uid, new Map(newest)]), quick);
  await expect.poll(async () => kinds(await read("bob", bob))).toEqual(["passed"]);
  await expect.poll(() => told.length).toBe(1);
  const [item] = (await read("bob", bob)).items;
  expect(told).toEqual([[uid, new Map([["bob", item?.id]])]]);
  await keeper.close();
});

test("what was committed and never came to the index is told once the sweep has brought it there", async () => {
  await start(quick);
  await post({ ann: 30, bob: 20, cat: 10 });
  const bob = await tokenFor("bob");
  const { database, liveBoards } = api.services;
  const items = [{ player: "cat", name: undefined, values: [25] }];
  await commitScores(database, (await liveBoards.get(board)).board, [{ items, idempotency: null }]);
  await database.sql`update index_outbox set leased_until = now()`;
  await expect.poll(async () => kinds(await read("bob", bob)), { timeout: 10_000 }).toEqual(["passed"]);
});

test("nobody was passed whose own newer score the index has yet to hear of", async () => {
  await start(asleep);
  await post({ ann: 30, bob: 20, cat: 10 });
  const bob = await tokenFor("bob");
  const { database, liveBoards } = api.services;
  // Bob's 28 came first, but the index hears of Cat's 25 before it.
  const { board: settings } = await liveBoards.get(board);
  const commit = (player: string, score: number) =>
    commitScores(database, settings, [{ items: [{ player, name: undefined, values: [score] }], idempotency: null }]);
  const { changed: bobs } = await commit("bob", 28);
  const { changed: cats } = await commit("cat", 25);
  const { index } = api.services;
  await index.apply({ ...settings, uid }, cats, []);
  await judge();
  expect((await read("bob", bob)).items).toEqual([]);
  await index.apply({ ...settings, uid }, bobs, []);
  await judge();
  expect((await read("bob", bob)).items).toEqual([]);
  // And when it is true, it is told.
  await post({ cat: 29 });
  await judge();
  expect(kinds(await read("bob", bob))).toEqual(["passed"]);
});

test("rival keepers on one database tell each moment once, and none is lost", async () => {
  await start(quick);
  const players = Array.from({ length: 30 }, (_, i) => `p${i}`);
  await post(Object.fromEntries(players.map((player, i) => [player, 1_000 - i])));
  const tokens = await Promise.all(players.map(tokenFor));
  const told = new Map<string, number[]>();
  const note = (_uid: number, newest: ReadonlyMap<string, number>) => {
    for (const [player, id] of newest) told.set(player, [...(told.get(player) ?? []), id]);
  };
  const rivals = [1, 2, 3].map(() => new InboxKeeper(api.services, note, quick));
  const { database, index } = api.services;
  const isJudged = async () => {
    const [row] = await database.sql<{ version: number }[]>`select version from inbox_boards`;
    return row?.version === (await index.states([uid])).get(uid)?.version;
  };
  // Ten times the last player goes to the front, past all the others.
  const passers = Array.from({ length: 10 }, (_, round) => `p${29 - round}`);
  for (const [round, last] of passers.entries()) {
    await post({ [last]: 2_000 + round });
    await Promise.all([judge(), judge(), judge()]);
    await expect.poll(isJudged, { timeout: 5_000 }).toBe(true);
  }
  await Promise.all(rivals.map((rival) => rival.close()));
  for (const [i, player] of players.entries()) {
    const { items } = await read(player, tokens[i] as { authorization: string }, "?limit=200");
    const passed = items.filter(({ kind }) => kind === "passed");
    const wanted = passers.filter((passer) => passer !== player);
    expect([player, passed.length]).toEqual([player, wanted.length]);
    for (const [nth, { data }] of passed.entries()) expect([wanted[nth], undefined]).toContain(data.by?.player);
    expect(items.filter(({ kind }) => kind === "first")).toHaveLength(passers.includes(player) ? 1 : 0);
  }
  // What was told of was there, and of nothing twice.
  for (const ids of told.values()) expect(new Set(ids).size).toBe(ids.length);
});

test("an index that was lost and built anew, or is away, makes nothing of it", async () => {
  await start(quick);
  await post(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`p${i}`, 1_000 - i])));
  const tokens = await Promise.all([tokenFor("p0"), tokenFor("p9"), tokenFor("p30")]);
  const inboxes = () =>
    Promise.all(["p0", "p9", "p30"].map((player, i) => read(player, tokens[i] as { authorization: string })));
  const epoch = async () => (await api.services.database.sql`select epoch from inbox_boards`)[0]?.epoch;
  await expect.poll(epoch).toBeDefined();
  for (let round = 0; round < 3; round++) {
    const before = await epoch();
    await redis.command("FLUSHALL");
    expect((await judge()).kind).not.toBe("judged");
    // Whoever looks at the board finds the index gone, and builds it anew.
    const look = () => api.get(`/api/v1/boards/${board}`).then(epoch);
    await expect.poll(look, { timeout: 5_000 }).not.toBe(before);
  }
  await proxy.refuse();
  expect((await judge()).kind).not.toBe("judged");
  await post({ low: 990.0 });
  await proxy.pass();
  await expect.poll(async () => (await inboxes()).map(kinds), { timeout: 15_000 }).toEqual([[], [], ["passed"]]);
  await post({ top: 5_000 });
  await expect
    .poll(async () => (await inboxes()).map(kinds), { timeout: 10_000 })
    .toEqual([["passed"], ["passed", "left-top"], ["passed", "passed"]]);
});

test("a Redis that went back to an older state repeats nothing", async () => {
  await start(asleep);
  await post({ ann: 30, bob: 20, cat: 10 });
  const bob = await tokenFor("bob");
  await judge();
  const keys = (await redis.command("KEYS", `*:{${uid}}:[zhm]`)) as string[];
  expect(keys).toHaveLength(3);
  for (const key of keys) await redis.command("COPY", key, `old ${key}`);
  await post({ cat: 25 });
  await judge();
  for (const key of keys) await redis.command("COPY", `old ${key}`, key, "REPLACE");
  expect(await judge()).toEqual({ kind: "unseen" });
  // Other changes bring it to a later version than was judged, without those it forgot.
  for (let score = 1; score < 4; score++) await post({ dan: score });
  expect(await judge()).toEqual({ kind: "unseen" });
  await api.services.index.drop(uid);
  await post({ dan: 4 });
  expect(await judge()).toMatchObject({ kind: "judged" });
  expect(kinds(await read("bob", bob))).toEqual(["passed"]);
});

test("viewers of the player's standing, and nobody else, are told by the stream that there is something", async () => {
  await start(quick);
  await post({ ann: 30, bob: 20, cat: 10 });
  const bob = await tokenFor("bob");
  const streams = streamsOf(api.port);
  const [his, hers] = [
    await streams.watch(board, { query: { player: "bob" } }),
    await streams.watch(board, { query: { player: "ann" } }),
  ];
  await Promise.all([his.next("standing"), hers.next("standing")]);
  await post({ cat: 25 });
  const hint = await his.next("inbox", 8_000);
  const { items } = await read("bob", bob);
  expect([hint.text, hint.id]).toEqual([`{"newest":${items[0]?.id}}`, null]);
  const { version } = await post({ cat: 26 });
  await Promise.all([his.reaches(version), hers.reaches(version)]);
  expect([his.view.seen.inbox, hers.view.seen.inbox]).toEqual([1, 0]);
  streams.close();
});

test("without Redis it works alike", async () => {
  await start(quick, { redisUrl: null });
  await post({ ann: 30, bob: 20, cat: 10 });
  const bob = await tokenFor("bob");
  const streams = streamsOf(api.port);
  const stream = await streams.watch(board, { query: { player: "bob" } });
  await stream.next("standing");
  await post({ cat: 25 });
  await stream.next("inbox", 8_000);
  expect(kinds(await read("bob", bob))).toEqual(["passed"]);
  streams.close();
});

test("an inbox keeps 200 items, and nothing for longer than it should", async () => {
  await start(asleep);
  await post({ ann: 30, bob: 20 });
  const bob = await tokenFor("bob");
  const { database } = api.services;
  await database.sql`
    insert into inbox_items (board_uid, player, kind, data, position)
    select ${uid}, 'bob', 'first', '{"rank": 1, "previousRank": 2}', 'e-1' from generate_series(1, 300)`;
  await post({ bob: 40 });
  await judge();
  const inbox = await read("bob", bob, "?limit=200");
  expect([inbox.unacknowledged, inbox.items.length]).toEqual([200, 200]);
  const [newest] = inbox.items.slice(-1);
  expect(newest).toMatchObject({ kind: "first", position: expect.not.stringMatching(/^e-1$/) });

  const ids = inbox.items.map(({ id }) => id);
  await acknowledge("bob", bob, ids.slice(0, 150));
  await database.sql`update inbox_items set acknowledged_at = now() - interval '25 hours' where id = any(${ids.slice(0, 100)}::int8[])`;
  await database.sql`update inbox_items set created_at = now() - interval '31 days' where id = any(${ids.slice(150, 160)}::int8[])`;
  await deleteOldItems(database.sql);
  const [{ rows, open } = { rows: 0, open: 0 }] = await database.sql<{ rows: number; open: number }[]>`
    select count(*)::int as rows, count(*) filter (where acknowledged_at is null)::int as open from inbox_items`;
  expect([rows, open]).toEqual([90, 40]);
  await database.sql`update watched_players set renewed_at = now() - interval '31 days'`;
  await deleteOldWatches(database.sql);
  await deleteOldMarks(database.sql);
  const [left] = await database.sql`
    select (select count(*)::int from watched_players) as watches, (select count(*)::int from inbox_marks) as marks`;
  expect(left).toEqual({ watches: 0, marks: 0 });
});

test("with the board go its watches, marks and items; other boards keep theirs", async () => {
  await start(asleep);
  const limited = (await api.newKey(["scores:write"], [board])).authorization;
  await post({ ann: 30, bob: 20 });
  await api.call("POST", "/api/v1/players/bob/token", {}, { authorization: limited });
  const ann = await tokenFor("ann");
  await judge();
  await post({ bob: 40 });
  await judge();
  expect((await read("ann", ann)).unacknowledged).toBe(1);
  await deleteBoard(api.services, board);
  while (await eraseDeletedBoards(api.services.database.sql));
  const [left] = await api.services.database.sql`
    select (select count(*)::int from inbox_items) as items, (select count(*)::int from inbox_marks) as marks,
           (select count(*)::int from inbox_boards) as boards, array(select board from watched_players) as watches`;
  expect(left).toEqual({ items: 0, marks: 0, boards: 0, watches: ["*"] });
  expect((await api.get(at("ann"), ann)).status).toBe(404);
  expect(await judge()).toEqual({ kind: "unseen" });
});

test("of more players than are judged in one transaction each gets what is theirs, once", async () => {
  await start(asleep);
  const players = Array.from({ length: 1_200 }, (_, i) => `p${i}`);
  for (const half of [players.slice(0, 600), players.slice(600)]) {
    await post(Object.fromEntries(half.map((player) => [player, 5_000 - Number(player.slice(1))])));
  }
  const { database } = api.services;
  await database.sql`insert into watched_players (board, player) select '*', unnest(${players}::text[])`;
  expect(await judge()).toEqual({ kind: "judged", newest: new Map() });
  await post({ p1199: 9_000 });
  const judgement = await judge();
  expect([judgement.kind, judgement.kind === "judged" && judgement.newest.size]).toEqual(["judged", 1_200]);
  expect(await judge()).toEqual({ kind: "judged", newest: new Map() });
  const counted = await database.sql`
    select kind, count(*)::int as items, count(distinct player)::int as players from inbox_items group by kind order by 1`;
  expect(counted).toMatchObject([
    { kind: "entered-top", items: 1 },
    { kind: "first", items: 1 },
    { kind: "left-top", items: 1 },
    { kind: "passed", items: 1_199, players: 1_199 },
  ]);
});
