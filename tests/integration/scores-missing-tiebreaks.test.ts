import { afterAll, beforeAll, expect, test } from "vitest";
import { operators, orders } from "@/lib/domain/board";
import type { PlayerEvents } from "@/lib/domain/history";
import type { Entry } from "@/lib/domain/snapshot";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { streamsOf } from "@/tests/support/sse-client";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

const columns = (...list: ("asc" | "desc")[]) => list.map((order, i) => ({ name: `t${i}`, order }));
const standingsOf = (entries: Entry[]) => entries.map(({ player, rank, tiebreaks }) => [player, rank, ...tiebreaks]);

async function entriesOf(board: string, query = ""): Promise<Entry[]> {
  return (await api.get(`/api/v1/boards/${board}${query}`)).json().entries;
}

async function eventsOf(board: string, player: string): Promise<PlayerEvents["events"]> {
  return (await api.get(`/api/v1/boards/${board}/players/${player}/events`)).json().events;
}

for (const order of orders) {
  for (const operator of operators) {
    test(`a first post of ${operator} without tiebreaks ranks last among equals, ${order}, and null shows it`, async () => {
      const board = await api.newBoard({ operator, tiebreaks: columns(order) });
      const worst = order === "asc" ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
      const { results } = (
        await api.score(board, {
          scores: [
            { player: "none", score: 5 },
            { player: "null", score: 5, tiebreaks: [null] },
            { player: "worst", score: 5, tiebreaks: [worst] },
            { player: "zero", score: 5, tiebreaks: [0] },
          ],
        })
      ).json();
      expect(standingsOf(results)).toEqual([
        ["none", 3, null],
        ["null", 3, null],
        ["worst", 2, worst],
        ["zero", 1, 0],
      ]);
      const expected = [
        ["zero", 1, 0],
        ["worst", 2, worst],
        ["none", 3, null],
        ["null", 3, null],
      ];
      expect(standingsOf(await entriesOf(board))).toEqual(expected);
      const player = (await api.get(`/api/v1/boards/${board}/players/none?around=5`)).json();
      expect(standingsOf([player.entry])).toEqual([["none", 3, null]]);
      expect(standingsOf(player.around)).toEqual(expected);
      expect(player.next).toEqual({ player: "worst", rank: 2, gap: 0 });
      const found = (await api.get(`/api/v1/boards/${board}/players?q=none`)).json();
      expect(standingsOf(found.players)).toEqual([["none", 3, null]]);
      const past = (await api.get(`/api/v1/boards/${board}/at?seq=4`)).json();
      expect(standingsOf(past.entries)).toEqual(expected);
      expect(await eventsOf(board, "none")).toMatchObject([
        { score: 5, tiebreaks: [null], applied: true, after: { score: 5, tiebreaks: [null] } },
      ]);
    });
  }
}

test("a later tiebreak takes the place of a missing one, and another that is left out stays", async () => {
  const later = { best: [5, 7, null], set: [5, 7, null], incr: [10, 7, null] } as const;
  for (const operator of operators) {
    const board = await api.newBoard({ operator, tiebreaks: columns("asc", "desc") });
    await api.score(board, { player: "a", score: 5 });
    await api.score(board, { player: "a", score: 5, tiebreaks: [7, null] });
    const [entry] = await entriesOf(board);
    expect([operator, entry?.score, ...(entry?.tiebreaks ?? [])]).toEqual([operator, ...later[operator]]);
    await api.score(board, { player: "a", score: 6, tiebreaks: [null, 0] });
    expect((await entriesOf(board))[0]?.tiebreaks).toEqual([7, 0]);
    await api.score(board, { player: "a", score: 7 });
    expect((await entriesOf(board))[0]?.tiebreaks).toEqual([7, 0]);
    const events = await eventsOf(board, "a");
    expect(events.map(({ after }) => after.tiebreaks)).toEqual([
      [7, 0],
      [7, 0],
      [7, null],
      [null, null],
    ]);
    const { entries } = (await api.get(`/api/v1/boards/${board}/at?seq=2`)).json();
    expect(entries[0]).toMatchObject({ score: later[operator][0], tiebreaks: [7, null] });
  }
});

test("a sum at the end of the range is refused, not taken for a missing one", async () => {
  const board = await api.newBoard({ operator: "incr", tiebreaks: columns("asc") });
  await api.score(board, { player: "a", score: 1, tiebreaks: [Number.MAX_SAFE_INTEGER] });
  expect((await api.score(board, { player: "a", score: 1, tiebreaks: [1] })).status).toBe(422);
  expect((await entriesOf(board))[0]?.tiebreaks).toEqual([Number.MAX_SAFE_INTEGER]);
});

test("an index built anew ranks missing ones as the one before", async () => {
  for (const order of orders) {
    const board = await api.newBoard({ rankStyle: "dense", tiebreaks: columns(order) });
    const scores = [
      ["a", 5, 1],
      ["b", 5, null],
      ["c", 5, null],
      ["d", 4, null],
      ["e", 4, 2],
    ].map(([player, score, tiebreak]) => ({ player, score, tiebreaks: [tiebreak] }));
    await api.score(board, { scores });
    const expected = [
      ["a", 1, 1],
      ["b", 2, null],
      ["c", 2, null],
      ["e", 3, 2],
      ["d", 4, null],
    ];
    expect(standingsOf(await entriesOf(board))).toEqual(expected);
    const { uid } = (await api.services.liveBoards.get(board)).board;
    await api.services.index.drop(uid);
    const rebuilt = (await api.get(`/api/v1/boards/${board}/players/d?around=5`)).json();
    expect(standingsOf(rebuilt.around)).toEqual(expected);
    expect(rebuilt.next).toEqual({ player: "e", rank: 3, gap: 0 });
  }
});

test("a stream's frames have null for a missing tiebreak", async () => {
  const board = await api.newBoard({ delivery: "sse", tiebreaks: columns("asc") });
  await api.score(board, { player: "a", score: 1 });
  const streams = streamsOf(api.port);
  const stream = await streams.watch(board);
  expect((await stream.next("snapshot")).data.entries).toMatchObject([{ player: "a", tiebreaks: [null] }]);
  await api.score(board, { player: "b", score: 2 });
  expect((await stream.next("delta")).data.changed[0]).toMatchObject({ player: "b", tiebreaks: [null] });
  streams.close();
});
