import { describe, expect, test } from "vitest";
import { checkServed } from "@/tests/faults/check-served";
import type { Happening, Recorded, ServedRows } from "@/tests/faults/history";

type Row = [player: string, score: number];

const aMinute = 60_000;

/** A board to which ann and bob came at once, and cid a minute later, who passed ann after another minute. */
const past: Recorded[] = [
  at(0, { type: "ways", front: "turns", redis: "tcp" }),
  at(0, { type: "board", board: "b", operator: "set", order: "desc", rankStyle: "competition", tiebreaks: 0 }),
  at(100, log(0, 0, ["ann", 30], ["bob", 10])),
  at(aMinute, log(aMinute - 100, 2, ["cid", 20])),
  at(2 * aMinute, log(2 * aMinute - 100, 3, ["cid", 40])),
];
const first: Row[] = [
  ["ann", 30],
  ["bob", 10],
];
const second: Row[] = [
  ["ann", 30],
  ["cid", 20],
  ["bob", 10],
];
const third: Row[] = [
  ["cid", 40],
  ["ann", 30],
  ["bob", 10],
];

describe("the checker of boards that were served unmarked", () => {
  test("finds nothing wrong with what Postgres held when it was served, or a few seconds before", () => {
    expect(served(30_000, first)).toEqual([]);
    expect(served(aMinute + 6_000, first)).toEqual([]);
    expect(served(aMinute + 6_000, second)).toEqual([]);
    expect(served(2 * aMinute + 6_000, third)).toEqual([]);
  });

  test("finds a board that is shown after Postgres lost it, and one shown in the place of its successor", () => {
    const events = [...past, at(3 * aMinute, log(3 * aMinute - 100, 0))];
    expect(served(3 * aMinute + 6_000, third, { events })).toEqual([]);
    expect(served(3 * aMinute + 10_000, third, { events })).toHaveLength(1);
    const succeeded = [...events, at(3 * aMinute + 1_000, log(3 * aMinute + 900, 0, ["eve", 1]))];
    expect(served(3 * aMinute + 10_000, third, { events: succeeded })).toHaveLength(1);
    expect(served(3 * aMinute + 10_000, [["eve", 1]], { events: succeeded })).toEqual([]);
  });

  test("lets changes of several players come in any order", () => {
    const events = [...past, at(2 * aMinute, log(2 * aMinute - 100, 4, ["dan", 5]))];
    const without: Row[] = third;
    const early: Row[] = [
      ["ann", 30],
      ["cid", 20],
      ["bob", 10],
      ["dan", 5],
    ];
    expect(served(2 * aMinute + 1_000, without, { events })).toEqual([]);
    expect(served(2 * aMinute + 1_000, early, { events })).toEqual([]);
  });

  const wrong: [what: string, at: number, rows: Row[], more?: Partial<ServedRows>][] = [
    ["values of a minute ago", 2 * aMinute + 10_000, second],
    ["a player who came a minute ago left out", 2 * aMinute - 10_000, first],
    ["values that Postgres holds only later", 2 * aMinute - 10_000, third],
    [
      "a player nobody posted",
      30_000,
      [
        ["ann", 30],
        ["eve", 20],
        ["bob", 10],
      ],
    ],
    [
      "values nobody posted",
      30_000,
      [
        ["ann", 31],
        ["bob", 10],
      ],
    ],
    [
      "players in the wrong order",
      30_000,
      [
        ["bob", 10],
        ["ann", 30],
      ],
    ],
    ["no players", 30_000, []],
    ["too many players in all", 30_000, first, { total: 3 }],
    ["too few players in all", 2 * aMinute - 10_000, second, { total: 2 }],
    [
      "a rank that does not follow",
      30_000,
      first,
      {
        entries: ranked([
          ["ann", 30],
          ["bob", 10],
        ]).map((one) => ({ ...one, rank: 1 })),
      },
    ],
  ];

  test.each(wrong)("finds %s", (_what, servedAt, rows, more = {}) => {
    const found = served(servedAt, rows, more);
    expect(found.map(({ invariant }) => invariant)).toEqual(["right or stale"]);
  });

  test("asks nothing of what is marked as stale", () => {
    const events = [...past, at(30_000, answer({ rows: "stale-x" }))];
    expect(checkServed(events)).toEqual([]);
  });

  test("lets a player below the last row of a page be left out, but not one above", () => {
    expect(served(30_000, [["ann", 30]], { total: 2 })).toEqual([]);
    expect(served(30_000, [["bob", 10]], { total: 2 })).toHaveLength(1);
  });

  test("gives a stream fifteen seconds, and nginx' cache two", () => {
    expect(served(aMinute + 14_000, first, { kind: "stream" })).toEqual([]);
    expect(served(aMinute + 17_000, first, { kind: "stream" })).toHaveLength(1);
    const events = past.map((event) => (event.type === "ways" ? { ...event, front: "nginx" as const } : event));
    expect(served(aMinute + 8_000, first, { kind: "poll", events })).toEqual([]);
    expect(served(aMinute + 8_000, first, { kind: "poll" })).toHaveLength(1);
    expect(served(aMinute + 8_000, first, { kind: "visit", events })).toHaveLength(1);
  });

  test("counts from when a reply was asked for, however long it was on its way", () => {
    expect(served(aMinute + 30_000, first, { askedAt: aMinute + 1_000 })).toEqual([]);
  });

  test("takes what Postgres lost for right until a moment after it went back, and then no more", () => {
    const events = [...past, at(3 * aMinute, log(3 * aMinute - 100, 2))];
    expect(served(3 * aMinute + 5_000, third, { events })).toEqual([]);
    expect(served(3 * aMinute + 5_000, first, { events })).toEqual([]);
    expect(served(3 * aMinute + 10_000, third, { events })).toHaveLength(1);
    expect(served(3 * aMinute + 10_000, second, { events })).toHaveLength(1);
    const other = [...events, at(3 * aMinute, log(3 * aMinute - 100, 2, ["cid", 7], ["dan", 6]))];
    expect(served(3 * aMinute + 10_000, [...first, ["cid", 7], ["dan", 6]], { events: other })).toEqual([]);
    expect(served(3 * aMinute + 10_000, first, { events: other })).toHaveLength(1);
  });

  test("adds up what is posted to a board of sums, and lets a post that changed nothing be", () => {
    const sums = past.map((event) => (event.type === "board" ? { ...event, operator: "incr" as const } : event));
    expect(
      served(
        2 * aMinute + 10_000,
        [
          ["cid", 60],
          ["ann", 30],
          ["bob", 10],
        ],
        { events: sums },
      ),
    ).toEqual([]);
    const unchanged: Happening = {
      type: "log",
      board: "b",
      since: 0,
      kept: 4,
      events: [{ player: "ann", values: [9], applied: false }],
    };
    expect(served(2 * aMinute + 10_000, third, { events: [...past, at(2 * aMinute, unchanged)] })).toEqual([]);
  });

  test("gives an index that the runner spoilt the time in which it has to be noticed", () => {
    const events = [...past, at(30_000, { type: "spoilt" })];
    expect(served(31_000, [["bob", 10]], { events })).toEqual([]);
    expect(served(29_000, [["bob", 10]], { events })).toHaveLength(1);
    expect(served(38_000, [["bob", 10]], { events })).toHaveLength(1);
  });
});

interface More extends Partial<ServedRows> {
  kind?: "stream" | "poll" | "visit";
  askedAt?: number;
  events?: Recorded[];
}

/** What is found when these rows are served at that time. */
function served(
  servedAt: number,
  rows: Row[],
  { kind = "visit", askedAt = servedAt, events = past, ...more }: More = {},
) {
  const described: Happening = { type: "rows", rows: "r", total: rows.length, entries: ranked(rows), ...more };
  return checkServed([...events, at(servedAt, described), at(servedAt, answer({ kind, askedAt, rows: "r" }))]);
}

function answer(more: Partial<Extract<Happening, { type: "served" }>>): Happening {
  return { type: "served", by: "somebody", kind: "visit", board: "b", askedAt: 0, rows: "r", ...more };
}

function ranked(rows: Row[]): ServedRows["entries"] {
  return rows.map(([player, score], i) => ({ rank: i + 1, player, values: [score] }));
}

function log(since: number, kept: number, ...rows: Row[]): Happening {
  const events = rows.map(([player, score]) => ({ player, values: [score], applied: true }));
  return { type: "log", board: "b", since, kept, events };
}

function at(ms: number, happening: Happening): Recorded {
  return { at: ms, ...happening };
}
