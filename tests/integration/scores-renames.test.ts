/** A name without a score: the player is called that from then on, everywhere, and no score was posted. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { countLog, readLogs } from "@/db/queries/outbox";
import { compareWithLog } from "@/lib/domain/board-log";
import { auditIndexes } from "@/lib/leaderboard/audit-indexes";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { metric } from "@/tests/support/scrape";
import { streamsOf } from "@/tests/support/sse-client";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

const get = async (path: string) => (await api.get(`/api/v1/boards/${path}`)).json();
const two = {
  scores: [
    { player: "a", name: "Ada", score: 9 },
    { player: "b", name: "Bob", score: 5 },
  ],
};

/** Postgres' counters of the board are those of its standings, and the rank index is the same. */
async function expectSameLog(board: string): Promise<void> {
  const { sql } = api.services.database;
  const { uid } = (await api.services.liveBoards.get(board)).board;
  const log = (await readLogs(sql, [uid])).get(uid);
  const counted = await countLog(sql, uid);
  expect(counted && log && compareWithLog({ ...counted, through: log.lastChange, total: counted.players }, log)).toBe(
    "same",
  );
  const state = (await api.services.index.states([uid])).get(uid);
  expect(state && log && compareWithLog(state, log)).toBe("same");
  expect(await auditIndexes(api.services, [uid])).toEqual(new Set());
}

test("every view has the new name; rank, score and history stay, and streams get a delta", async () => {
  const board = await api.newBoard({ delivery: "sse" });
  await api.score(board, two);
  const streams = streamsOf(api.port);
  const stream = await streams.watch(board);
  const snapshot = (await stream.next("snapshot")).data;
  const rows = await api.rows();
  const posted = await metric(api, "rungs_scores_total", { status: "renamed" });
  const { results, version } = (await api.score(board, { player: "b", name: "Beatrix" })).json();
  expect(results).toEqual([{ player: "b", status: "renamed", score: 5, tiebreaks: [], rank: 2, previousRank: 2 }]);
  expect(version).toBe(snapshot.version + 1);
  expect(await metric(api, "rungs_scores_total", { status: "renamed" })).toBe(posted + 1);
  const entry = { player: "b", name: "Beatrix", score: 5, rank: 2 };
  expect((await get(board)).entries[1]).toMatchObject(entry);
  expect((await get(`${board}/players/b`)).entry).toMatchObject(entry);
  expect((await get(`${board}/players?q=beat`)).players).toMatchObject([entry]);
  expect((await get(`${board}/players?q=bob`)).players).toEqual([]);
  expect((await get(`${board}/at?seq=2`)).entries[1]).toMatchObject(entry);
  expect((await get(`${board}/race?top=2`)).players[1]).toMatchObject({ player: "b", name: "Beatrix" });
  const delta = (await stream.next("delta")).data;
  expect(delta).toMatchObject({ from: snapshot.version, to: version, changed: [{ ...entry, previousRank: 2 }] });
  expect((await get(`${board}/players/b/events`)).events).toHaveLength(1);
  expect(await get(`${board}/timeline`)).toMatchObject({ events: 2, seq: 2 });
  expect(await api.rows()).toEqual(rows);
  await expectSameLog(board);
  streams.close();
});

test("scores after a rename have later numbers, and the past is that of the scores alone", async () => {
  const board = await api.newBoard({ operator: "incr" });
  await api.score(board, two);
  await api.score(board, { player: "b", name: "Beatrix" });
  await api.score(board, { player: "b", score: 7 });
  const { events } = await get(`${board}/players/b/events`);
  expect(events.map(({ seq, score }: { seq: number; score: number }) => [seq, score])).toEqual([
    [4, 7],
    [2, 5],
  ]);
  for (const seq of [2, 3]) {
    const { seq: last, entries } = await get(`${board}/at?seq=${seq}`);
    expect([last, entries.map(({ score }: { score: number }) => score)]).toEqual([2, [9, 5]]);
  }
  expect((await get(`${board}/at?seq=4`)).entries[0]).toMatchObject({ player: "b", score: 12 });
  await expectSameLog(board);
});

test("a score that changes nothing, with another name, renames; the event of the score is stored", async () => {
  const board = await api.newBoard();
  await api.score(board, two);
  const { version } = await get(board);
  const results = async (item: object) => (await api.score(board, item)).json().results;
  const renamed = { player: "b", status: "renamed", score: 5, tiebreaks: [], rank: 2, previousRank: 2 };
  expect(await results({ player: "b", score: 5, name: "Beatrix" })).toEqual([renamed]);
  expect(await results({ player: "b", score: 4, name: "Bea" })).toEqual([renamed]);
  expect((await get(board)).version).toBe(version + 2);
  expect(await results({ player: "b", score: 4, name: "Bea" })).toEqual([{ ...renamed, status: "unchanged" }]);
  expect(await results({ player: "b", score: 6, name: "Beatrix" })).toMatchObject([{ status: "applied", score: 6 }]);
  expect((await get(board)).version).toBe(version + 3);
  expect((await get(`${board}/players/b/events`)).events).toHaveLength(5);
  await expectSameLog(board);
});

test("the present name again changes nothing, and is a request that can be repeated with its key", async () => {
  const board = await api.newBoard();
  await api.score(board, two);
  const { version } = await get(board);
  const key = { "idempotency-key": "same-name" };
  const first = await api.score(board, { player: "a", name: "Ada" }, key);
  expect(first.json()).toMatchObject({ version, results: [{ player: "a", status: "unchanged", rank: 1 }] });
  await api.score(board, { player: "a", name: "Ada Lovelace" });
  const again = await api.score(board, { player: "a", name: "Ada" }, key);
  expect([again.headers["idempotent-replayed"], again.text]).toEqual(["true", first.text]);
  expect((await get(board)).entries[0].name).toBe("Ada Lovelace");
  const renamed = { "idempotency-key": "new-name" };
  const one = await api.score(board, { player: "a", name: "Countess" }, renamed);
  await api.score(board, { player: "a", name: "Ada" });
  expect((await api.score(board, { player: "a", name: "Countess" }, renamed)).text).toBe(one.text);
  expect((await get(board)).entries[0].name).toBe("Ada");
  expect((await api.score(board, { player: "a", name: "Ada" })).json().results[0].status).toBe("unchanged");
  await expectSameLog(board);
});

test("whoever is not on the board cannot be renamed; a score before in the same post puts them there", async () => {
  const board = await api.newBoard();
  const rows = await api.rows();
  const alone = await api.score(board, { player: "a", name: "Ada" });
  expect([alone.status, alone.json().code, alone.json().errors[0].pointer]).toEqual([422, "invalid-scores", "/player"]);
  expect(await api.rows()).toEqual(rows);
  const rename = { player: "a", name: "Ada" };
  const reply = (await api.score(board, { scores: [rename, { player: "a", score: 1 }, rename] })).json();
  expect(reply).toMatchObject({
    rejected: 1,
    results: [
      { player: "a", status: "rejected", error: { code: "unknown-player" } },
      { player: "a", status: "applied", rank: 1 },
      { player: "a", status: "renamed", rank: 1 },
    ],
  });
  expect((await get(board)).entries).toMatchObject([{ player: "a", name: "Ada", score: 1 }]);
  await expectSameLog(board);
});

test.each([
  [{ player: "a", name: "" }, "/name"],
  [{ name: "Ada" }, "/player"],
  [{ player: "a" }, "/score"],
  [{ player: "a", name: "Ada", tiebreaks: [] }, "/score"],
  [{ player: "a", name: "Ada", score: null }, "/score"],
  [{ player: "a", name: "Ada", title: "Countess" }, ""],
])("%j is neither a score nor a name", async (body, pointer) => {
  const board = await api.newBoard();
  await api.score(board, two);
  const reply = await api.score(board, body);
  expect([reply.status, reply.json().errors[0].pointer]).toEqual([422, pointer]);
});

test("the list of boards goes by the last score, not by a rename", async () => {
  const board = await api.newBoard();
  await api.score(board, two);
  const summary = async () =>
    (await (await api.get(`/api/v1/boards?q=${board}`)).json()).boards.map(
      ({ changedAt, leader }: { changedAt: string; leader: { name: string } }) => [changedAt, leader.name],
    )[0];
  const [changedAt] = await summary();
  await api.score(board, { player: "a", name: "Countess" });
  await expect.poll(summary, { timeout: 5_000 }).toEqual([changedAt, "Countess"]);
});
