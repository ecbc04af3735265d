import { afterAll, beforeAll, expect, test } from "vitest";
import { type Order, operators, orders, type RankStyle, type Tiebreak } from "@/lib/domain/board";
import type { Entry, PlayerStanding, ScoreResult, Snapshot } from "@/lib/domain/snapshot";
import { type ApiServer, startApi } from "@/tests/support/api-server";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

async function post(board: string, body: unknown): Promise<ScoreResult[]> {
  const reply = await api.score(board, body);
  expect(reply.text).not.toContain("NaN");
  expect(reply.status).toBe(200);
  return reply.json().results;
}

async function snapshot(board: string, query = ""): Promise<Snapshot> {
  return (await api.get(`/api/v1/boards/${board}${query}`)).json();
}

const players = ({ entries }: Snapshot) => entries.map(({ player }) => player);
const tiebreaks = (...list: Order[]): Tiebreak[] => list.map((order, i) => ({ name: `t${i}`, order }));

test.each(["set", "best"] as const)(
  "a post of %s without tiebreaks keeps them, so that a new name moves nobody",
  async (operator) => {
    const board = await api.newBoard({ operator, tiebreaks: tiebreaks("asc") });
    await post(board, {
      scores: [
        { player: "x", score: 5, tiebreaks: [100] },
        { player: "y", score: 5, tiebreaks: [300] },
      ],
    });
    expect(await post(board, { player: "y", name: "Y renamed", score: 5 })).toMatchObject([
      { status: "renamed", tiebreaks: [300], rank: 2 },
    ]);
    expect((await snapshot(board)).entries).toMatchObject([{ player: "x" }, { player: "y", name: "Y renamed" }]);
    expect(await post(board, { player: "y", score: 6 })).toMatchObject([
      { status: "applied", tiebreaks: [300], rank: 1 },
    ]);
    const events = (await api.get(`/api/v1/boards/${board}/players/y/events`)).json();
    expect(JSON.stringify(events)).not.toContain('"tiebreaks":[0]');
  },
);

const outcomes = {
  "best desc": { scores: [5, 5, 8], statuses: ["applied", "unchanged", "applied"], others: ["p", "rival"] },
  "best asc": { scores: [5, 3, 3], statuses: ["applied", "applied", "unchanged"], others: ["p", "rival"] },
  "set desc": { scores: [5, 3, 8], statuses: ["applied", "applied", "applied"], others: ["p", "rival"] },
  "set asc": { scores: [5, 3, 8], statuses: ["applied", "applied", "applied"], others: ["rival", "p"] },
  "incr desc": { scores: [5, 8, 16], statuses: ["applied", "applied", "applied"], others: ["p", "rival"] },
  "incr asc": { scores: [5, 8, 16], statuses: ["applied", "applied", "applied"], others: ["rival", "p"] },
};

for (const operator of operators) {
  for (const order of orders) {
    test(`${operator} on a board in ${order} order makes of 5, 3 and 8 what it should, and ranks by it`, async () => {
      const board = await api.newBoard({ operator, order });
      await post(board, { player: "rival", score: 6 });
      const results: ScoreResult[] = [];
      for (const score of [5, 3, 8]) results.push(...(await post(board, { player: "p", score })));
      const expected = outcomes[`${operator} ${order}`];
      expect(results.map(({ score }) => score)).toEqual(expected.scores);
      expect(results.map(({ status }) => status)).toEqual(expected.statuses);
      expect(players(await snapshot(board))).toEqual(expected.others);
    });
  }
}

test.each([
  [6, "9007199254.740991", "9007199254.740991"],
  [6, "-9007199254.740991", "-9007199254.740991"],
  [6, "0.000001", "0.000001"],
  [0, "9007199254740991", "9007199254740991"],
  [0, "-9007199254740991", "-9007199254740991"],
  [2, "1.50", "1.5"],
  [2, "12.30e1", "123"],
  [1, "-0.0", "0"],
  [0, "1e2", "100"],
  [0, "5.000", "5"],
  [3, "90071992.5474099e5", "9007199254740.99"],
])("with %i decimals %s is stored and served as %s, to the last digit", async (decimals, posted, served) => {
  const board = await api.newBoard({ decimals, tiebreaks: tiebreaks("asc") });
  const body = `{"player":"p","score":${posted},"tiebreaks":[${posted}]}`;
  const numbers = `"score":${served},"tiebreaks":[${served}]`;
  expect((await api.score(board, body)).text).toContain(numbers);
  expect((await api.get(`/api/v1/boards/${board}`)).text).toContain(numbers);
  expect((await api.get(`/api/v1/boards/${board}/players/p`)).text).toContain(`"entry":{"rank":1,"position":1,`);
  expect((await api.get(`/api/v1/boards/${board}/players/p`)).text).toContain(numbers);
});

test("tenths add up to exactly what they should", async () => {
  const board = await api.newBoard({ operator: "incr", decimals: 1, tiebreaks: tiebreaks("desc") });
  for (let i = 0; i < 3; i++) await post(board, '{"player":"p","score":0.1,"tiebreaks":[-0.1]}');
  expect((await api.get(`/api/v1/boards/${board}`)).text).toContain('"score":0.3,"tiebreaks":[-0.3]');
});

test("every combination of directions of score and four tiebreaks sorts as an array would", async () => {
  for (let mask = 0; mask < 32; mask++) {
    const [order = "desc", ...rest] = [0, 1, 2, 3, 4].map((bit): Order => (mask & (1 << bit) ? "asc" : "desc"));
    const board = await api.newBoard({ order, tiebreaks: tiebreaks(...rest) });
    const rows = Array.from({ length: 32 }, (_, i) => {
      // Every combination of zeros and ones, in an order of its own.
      const bits = (i * 13) % 32;
      const [score = 0, ...values] = [0, 1, 2, 3, 4].map((bit) => (bits >> bit) & 1);
      return { player: `p${bits}`, score, tiebreaks: values };
    });
    await post(board, { scores: rows });
    const sorted = rows.toSorted((a, b) => {
      for (const [i, direction] of [order, ...rest].entries()) {
        const [x = 0, y = 0] = [[a.score, ...a.tiebreaks][i], [b.score, ...b.tiebreaks][i]];
        if (x !== y) return direction === "asc" ? x - y : y - x;
      }
      return 0;
    });
    const served = await snapshot(board);
    expect(
      served.entries.map(({ player, score, tiebreaks: values }) => ({ player, score, tiebreaks: values })),
    ).toEqual(sorted);
  }
});

test("`best` weighs score and tiebreaks together, never each for itself", async () => {
  const board = await api.newBoard({ operator: "best", tiebreaks: tiebreaks("asc", "desc") });
  const attempt = async (score: number, ...values: number[]) => {
    const [result] = await post(board, { player: "p", score, tiebreaks: values });
    return [result?.status, result?.score, ...(result?.tiebreaks ?? [])];
  };
  expect(await attempt(10, 50, 1)).toEqual(["applied", 10, 50, 1]);
  expect(await attempt(9, 1, 99)).toEqual(["unchanged", 10, 50, 1]);
  expect(await attempt(10, 60, 99)).toEqual(["unchanged", 10, 50, 1]);
  expect(await attempt(10, 40, 0)).toEqual(["applied", 10, 40, 0]);
  expect(await attempt(10, 40, 0)).toEqual(["unchanged", 10, 40, 0]);
  expect(await attempt(11, 99, -5)).toEqual(["applied", 11, 99, -5]);
});

test("`incr` adds column by column, `set` replaces them all, and tiebreaks left out stay as they are", async () => {
  const adding = await api.newBoard({ operator: "incr", tiebreaks: tiebreaks("asc", "desc") });
  await post(adding, { player: "p", score: 1, tiebreaks: [10, 100] });
  const [sum] = await post(adding, { player: "p", score: 2, tiebreaks: [-20, 200] });
  expect(sum).toMatchObject({ score: 3, tiebreaks: [-10, 300] });
  expect(await post(adding, { player: "p", score: 1 })).toMatchObject([{ score: 4, tiebreaks: [-10, 300] }]);

  const setting = await api.newBoard({ operator: "set", tiebreaks: tiebreaks("asc", "desc") });
  await post(setting, { player: "p", score: 1, tiebreaks: [10, 100] });
  expect(await post(setting, { player: "p", score: 2 })).toMatchObject([{ score: 2, tiebreaks: [10, 100] }]);
  const replaced = await post(setting, { player: "p", score: 2, tiebreaks: [0, 0] });
  expect(replaced).toMatchObject([{ score: 2, tiebreaks: [0, 0] }]);
});

const styles: Record<RankStyle, number[]> = {
  competition: [1, 2, 2, 4, 5, 5],
  dense: [1, 2, 2, 3, 4, 4],
  ordinal: [1, 2, 3, 4, 5, 6],
};

for (const [rankStyle, ranks] of Object.entries(styles)) {
  test(`${rankStyle} ranks are the same in the reply, on the page, on its parts and for the player`, async () => {
    const board = await api.newBoard({ rankStyle: rankStyle as RankStyle });
    const scores = [10, 8, 8, 5, 1, 1].map((score, i) => ({ player: `p${i}`, score }));
    const results = await post(board, { scores });
    expect(results.map(({ rank }) => rank)).toEqual(ranks);
    expect(results.map(({ previousRank }) => previousRank)).toEqual(ranks.map(() => null));
    const whole = await snapshot(board);
    const places = (entries: Entry[]) => entries.map(({ rank, position }) => [rank, position]);
    const expected = ranks.map((rank, i) => [rank, i + 1]);
    expect(places(whole.entries)).toEqual(expected);
    for (let offset = 0; offset < 6; offset++) {
      expect((await snapshot(board, `?limit=2&offset=${offset}`)).entries).toEqual(
        whole.entries.slice(offset, offset + 2),
      );
      const player: PlayerStanding = (await api.get(`/api/v1/boards/${board}/players/p${offset}?around=1`)).json();
      expect(places([player.entry])).toEqual([expected[offset]]);
    }
  });
}

test("of equals whoever got there first stands ahead, until the values change", async () => {
  const board = await api.newBoard({ operator: "set" });
  const order = async () => players(await snapshot(board));
  for (const player of ["c", "a", "b"]) await post(board, { player, score: 7 });
  expect(await order()).toEqual(["c", "a", "b"]);
  expect(await post(board, { player: "c", score: 7, name: "Cleo" })).toMatchObject([{ status: "renamed", rank: 1 }]);
  expect(await order()).toEqual(["c", "a", "b"]);
  expect((await snapshot(board)).entries[0]).toMatchObject({ name: "Cleo", rank: 1 });
  await post(board, { scores: [8, 7].map((score) => ({ player: "c", score })) });
  expect(await order()).toEqual(["a", "b", "c"]);
});

test("a `best` that is only matched does not lose its place, nor win another's", async () => {
  const board = await api.newBoard({ order: "asc" });
  await post(board, { scores: ["x", "y"].map((player) => ({ player, score: 30 })) });
  expect(await post(board, { player: "x", score: 30 })).toMatchObject([
    { status: "unchanged", rank: 1, previousRank: 1 },
  ]);
  await post(board, { player: "x", score: 31 });
  expect(players(await snapshot(board))).toEqual(["x", "y"]);
});

test("a reply tells the rank before and after", async () => {
  const board = await api.newBoard();
  await post(board, { scores: [30, 20, 10].map((score) => ({ player: `p${score}`, score })) });
  expect(await post(board, { player: "p10", score: 25 })).toMatchObject([{ rank: 2, previousRank: 3 }]);
  expect(await post(board, { player: "new", score: 99 })).toMatchObject([{ rank: 1, previousRank: null }]);
});
