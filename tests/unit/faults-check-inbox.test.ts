import { describe, expect, test } from "vitest";
import { checkInbox } from "@/tests/faults/check-inbox";
import type { Happening, Recorded } from "@/tests/faults/history";
import type { StoredItem } from "@/tests/faults/inbox-truth";
import type { Invariant } from "@/tests/faults/violation";

/** Somebody comes into the top 10, is first, is passed, leaves it by a score of their own, and is overtaken at the end. */
const items: StoredItem[] = [
  item(1, "entered-top", 12, 1, { created: 1_000, position: "e1-5" }),
  item(2, "first", 12, 1, { created: 1_000, position: "e1-5" }),
  item(3, "passed", 1, 3, { created: 2_000, position: "e1-7" }),
  item(4, "first", 3, 1, { created: 3_000, position: "e1-9" }),
  item(5, "left-top", 1, 11, { created: 4_000, position: "e1-12" }),
  item(6, "passed", 11, 12, { created: 9_000, position: "e1-13" }),
];

const good: [at: number, happening: Happening][] = [
  [0, { type: "board", board: "last", operator: "set", order: "desc", rankStyle: "ordinal", tiebreaks: 0 }],
  [100, { type: "watched", player: "p1" }],
  [3_400, { type: "post", key: "own", board: "last", items: [{ player: "p1", score: 7, tiebreaks: [] }] }],
  [3_600, { type: "answer", key: "own", status: 200, attempts: 1 }],
  ...items.map(({ id, kind, rank, created }): [number, Happening] => {
    return [created + 600, { type: "shown", board: "last", player: "p1", id, kind, rank }];
  }),
  [8_000, { type: "judged", since: 7_000, players: [{ board: "last", player: "p1", rank: 11, judged: 11 }] }],
  [
    8_100,
    {
      type: "overtaken",
      board: "last",
      key: "k",
      since: 8_050,
      newest: 5,
      players: [{ player: "p1", rank: 11 }],
    },
  ],
  [12_000, { type: "inbox", board: "last", items, ranks: [{ player: "p1", rank: 12 }] }],
];

describe("what the checker of the fault runner says about inboxes", () => {
  test("nothing of a run in which all went well", () => {
    expect(found(() => undefined)).toEqual([]);
  });

  const bad: [what: string, invariant: Invariant, change: (events: Recorded[], items: StoredItem[]) => void][] = [
    [
      "an item shown twice",
      "inbox shown once",
      (events) => events.push({ ...(events.find(isShown(3)) as Recorded), at: 5_000 }),
    ],
    ["an item never shown", "inbox shown once", (events) => drop(events, isShown(3))],
    [
      "an item shown and not stored",
      "inbox shown once",
      (events) => events.push({ ...shown(99, "passed"), at: 5_000 }),
    ],
    [
      "an item shown to somebody else",
      "inbox shown once",
      (events) => Object.assign(events.find(isShown(3)) as object, { player: "p2" }),
    ],
    [
      "an item that stays unacknowledged",
      "inbox shown once",
      (_events, all) => Object.assign(all[2] as object, { acknowledged: false }),
    ],
    [
      "being passed to a better rank",
      "inbox true",
      (_events, all) => Object.assign(all[2] as object, { previousRank: 4 }),
    ],
    [
      "coming into the top 10 from within",
      "inbox true",
      (_events, all) => Object.assign(all[0] as object, { previousRank: 9 }),
    ],
    ["being first at rank 2", "inbox true", (_events, all) => Object.assign(all[3] as object, { rank: 2 })],
    [
      "coming into the top 10 twice",
      "inbox true",
      (events, all) => also(events, all, item(7, "entered-top", 11, 1, { created: 3_500, position: "e1-10" }), 4),
    ],
    [
      "leaving the top 10 without coming back at the end",
      "inbox true",
      (events) => ranks(events).splice(0, 1, { player: "p1", rank: 9 }),
    ],
    ["being first twice with nothing in between", "inbox true", (events, all) => without(events, all, 3)],
    [
      "a moment told twice",
      "inbox true",
      (events, all) => also(events, all, item(7, "passed", 1, 3, { created: 2_000, position: "e1-7" }), 3),
    ],
    [
      "a player whose last values were not judged",
      "inbox judged",
      (events) => Object.assign(judged(events), { judged: null }),
    ],
    ["a player judged at another rank", "inbox judged", (events) => Object.assign(judged(events), { judged: 10 })],
    ["being overtaken at the end and not told", "inbox judged", (events, all) => without(events, all, 6)],
    [
      "being overtaken at the end and told twice",
      "inbox judged",
      (events, all) => also(events, all, item(7, "passed", 12, 13, { created: 9_500, position: "e1-14" }), 6),
    ],
    [
      "being told too late of being overtaken",
      "inbox judged",
      (events) => Object.assign(events.find(isShown(6)) as object, { at: 23_100 }),
    ],
  ];

  test.each(bad)("finds %s", (_what, invariant, change) => {
    const invariants = found(change).map((violation) => violation.invariant);
    expect(new Set(invariants)).toEqual(new Set([invariant]));
  });

  test("lets a rank get worse by a score of the player's own, of known or unknown outcome", () => {
    const unpassed = (events: Recorded[], all: StoredItem[]) => {
      without(events, all, 3);
      for (const event of events) if (event.type === "post") event.at = 2_400;
    };
    expect(found(unpassed)).toEqual([]);
    const unknown = found((events, all) => {
      unpassed(events, all);
      drop(events, ({ type }) => type === "answer");
    });
    expect(unknown).toEqual([]);
    const tooLate = found((events, all) => {
      unpassed(events, all);
      for (const event of events) if (event.type === "post") event.at = 3_200;
    });
    expect(tooLate.map(({ invariant }) => invariant)).toEqual(["inbox true"]);
  });

  test("lets a rank get better without a word only where others may get worse", () => {
    const better = (events: Recorded[], all: StoredItem[]) => {
      without(events, all, 4);
      drop(events, ({ type }) => type === "post" || type === "answer");
    };
    expect(found(better)).toEqual([]);
    const invariants = found((events, all) => {
      better(events, all);
      for (const event of events) if (event.type === "board") event.operator = "incr";
    }).map(({ invariant }) => invariant);
    expect(invariants).toEqual(["inbox true"]);
  });
});

function found(change: (events: Recorded[], items: StoredItem[]) => void) {
  const events = structuredClone(good).map(([at, happening]): Recorded => ({ at, ...happening }));
  change(events, inbox(events).items);
  return checkInbox(events.sort((a, b) => a.at - b.at));
}

function item(
  id: number,
  kind: StoredItem["kind"],
  previousRank: number,
  rank: number,
  seen: Pick<StoredItem, "created" | "position">,
): StoredItem {
  return { id, player: "p1", kind, previousRank, rank, acknowledged: true, ...seen };
}

function shown(id: number, kind: StoredItem["kind"]): Extract<Happening, { type: "shown" }> {
  return { type: "shown", board: "last", player: "p1", id, kind, rank: 1 };
}

function isShown(id: number): (event: Recorded) => boolean {
  return (event) => event.type === "shown" && event.id === id;
}

function inbox(events: Recorded[]) {
  return events.find((event) => event.type === "inbox") as Extract<Recorded, { type: "inbox" }>;
}

function ranks(events: Recorded[]) {
  return inbox(events).ranks;
}

function judged(events: Recorded[]): object {
  return (events.find((event) => event.type === "judged") as Extract<Recorded, { type: "judged" }>).players[0] ?? {};
}

function drop(events: Recorded[], which: (event: Recorded) => boolean): void {
  events.splice(0, events.length, ...events.filter((event) => !which(event)));
}

/** Neither stored nor shown. */
function without(events: Recorded[], all: StoredItem[], id: number): void {
  all.splice(0, all.length, ...all.filter((one) => one.id !== id));
  drop(events, isShown(id));
}

/** Stored and shown as well, after the item `after`. */
function also(events: Recorded[], all: StoredItem[], more: StoredItem, after: number): void {
  for (const one of all.toReversed()) {
    if (one.id <= after) continue;
    for (const event of events.filter(isShown(one.id))) Object.assign(event, { id: one.id + 1 });
    one.id++;
  }
  const id = after + 1;
  all.push({ ...more, id });
  events.push({ ...shown(id, more.kind), at: more.created + 600 });
}
