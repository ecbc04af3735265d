import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { check } from "@/tests/faults/check";
import { faults } from "@/tests/faults/faults";
import type { Happening, Recorded, Seen, StoredEvent } from "@/tests/faults/history";
import { mutants } from "@/tests/faults/mutants";
import type { Invariant } from "@/tests/faults/violation";

/** A small run in which all went well: two posts, a stream and a poll, and an instance that serves the truth. */
const good: [at: number, happening: Happening][] = [
  [0, { type: "board", board: "sum", operator: "incr", order: "desc", rankStyle: "competition", tiebreaks: 0 }],
  [10, seen("stream a", "stream", { how: "snapshot", version: 1, rows: "old" })],
  [10, seen("poll a", "poll", { how: "poll", version: 1, rows: "old" })],
  [100, { type: "post", key: "k1", board: "sum", items: [item("p1", 5), item("p2", 6)] }],
  [120, { type: "answer", key: "k1", status: 200, attempts: 1 }],
  [140, seen("stream a", "stream", { how: "delta", version: 3, from: 1, rows: "window" })],
  [200, { type: "post", key: "k2", board: "sum", items: [item("p1", 7), item("p1", 8)] }],
  [900, { type: "unknown", key: "k2", attempts: 1, reason: "ECONNRESET" }],
  [1_000, { type: "healed" }],
  [1_010, { type: "truth", board: "sum", rows: "whole", window: "window" }],
  [1_020, { type: "index", board: "sum", instance: 0, rows: "whole" }],
  [3_000, seen("poll a", "poll", { how: "poll", version: 3, rows: "window" })],
  [
    9_000,
    {
      type: "stored",
      board: "sum",
      events: [entry("p1", 5), entry("p2", 6)],
      standings: [
        { player: "p1", score: 5 },
        { player: "p2", score: 6 },
      ],
    },
  ],
];

describe("the checker of the fault runner", () => {
  test("finds nothing in a run in which all went well", () => {
    expect(check(recorded(good))).toEqual([]);
  });

  const bad: [what: string, invariant: Invariant, change: (events: Recorded[]) => void][] = [
    ["an accepted score that is not there", "counted once", (events) => edited(events, (list) => list.pop())],
    [
      "an accepted score counted twice",
      "counted once",
      (events) => edited(events, (list) => list.push(...list.slice(-1))),
    ],
    ["a score nobody posted", "counted once", (events) => edited(events, (list) => list.push(entry("p9", 1)))],
    [
      "half of a post whose outcome is unknown",
      "all or nothing",
      (events) => edited(events, (list) => list.push(entry("p1", 7))),
    ],
    [
      "a post of unknown outcome counted twice",
      "counted once",
      (events) => edited(events, (list) => list.push(...[7, 8, 7, 8].map((score) => entry("p1", score)))),
    ],
    ["a good post that was refused", "no refusal", (events) => edit(events, "answer", { status: 422 })],
    [
      "a standing that its events do not lead to",
      "standings",
      (events) => stored(events).standings.splice(0, 1, { player: "p1", score: 4 }),
    ],
    ["a standing without events", "standings", (events) => stored(events).standings.push({ player: "p9", score: 4 })],
    ["a fault that met nothing", "fault felt", (events) => insert(events, 500, { type: "felt", count: 0 })],
    [
      "an instance that ended by itself",
      "no crash",
      (events) => events.push({ at: 50, type: "crash", instance: 1, how: "1" }),
    ],
    ["an index that stays wrong", "index", (events) => edit(events, "index", { rows: "other" })],
    ["an index that is right too late", "index", (events) => edit(events, "index", { at: 11_100 })],
    ["a board that nobody serves", "index", (events) => remove(events, "index")],
    [
      "a delta that does not start where the viewer stands",
      "deltas chain",
      (events) => edit(events, "seen", { from: 2 }, ({ how }) => how === "delta"),
    ],
    [
      "a delta of another epoch",
      "deltas chain",
      (events) => edit(events, "seen", { epoch: "e2" }, ({ how }) => how === "delta"),
    ],
    [
      "a version that goes back",
      "versions grow",
      (events) => insert(events, 150, seen("stream a", "stream", { how: "snapshot", version: 2, rows: "window" })),
    ],
    [
      "a return to an epoch that was left",
      "no way back",
      (events) => {
        const later = { how: "snapshot", rows: "window" } as const;
        insert(events, 150, seen("stream a", "stream", { ...later, epoch: "e2", version: 1 }));
        insert(events, 160, seen("stream a", "stream", { ...later, version: 4 }));
      },
    ],
    [
      "a stream that ends with something else",
      "stream converges",
      (events) => edit(events, "seen", { rows: "other" }, ({ how }) => how === "delta"),
    ],
    [
      "a stream that takes more than 15 seconds",
      "stream converges",
      (events) => move(events, 17_000, ({ how }) => how === "delta"),
    ],
    [
      "a poll that takes more than 6 seconds",
      "poll converges",
      (events) => move(events, 8_000, ({ viewer, at }) => viewer === "poll a" && at > 1_000),
    ],
    [
      "a poll that goes back to something else",
      "poll converges",
      (events) => insert(events, 4_000, seen("poll a", "poll", { how: "poll", version: 4, rows: "other" })),
    ],
    [
      "a change long after healing that no stream shows",
      "fresh",
      (events) => {
        events.push({ at: 20_200, type: "probe", board: "sum", key: "k3", since: 20_000, window: "probed" });
      },
    ],
    [
      "a change long after healing that is late on a stream",
      "fresh",
      (events) => {
        events.push({ at: 20_200, type: "probe", board: "sum", key: "k3", since: 20_000, window: "probed" });
        insert(events, 23_000, seen("stream a", "stream", { how: "delta", version: 4, from: 3, rows: "probed" }));
      },
    ],
  ];

  test.each(bad)("finds %s", (_what, invariant, change) => {
    const events = recorded(good);
    change(events);
    const found = check(events.sort((a, b) => a.at - b.at)).map((violation) => violation.invariant);
    expect(new Set(found)).toEqual(new Set([invariant]));
  });

  test("lets a post be lost that was answered between a dump and its restore, but no earlier one and no half of one", () => {
    const violationsAfter = (since: number, change: (list: StoredEvent[]) => void) => {
      const events = recorded(good);
      edited(events, change);
      insert(events, 950, { type: "lost", since });
      return check(events.sort((a, b) => a.at - b.at)).map(({ invariant }) => invariant);
    };
    expect(violationsAfter(110, (list) => list.splice(0))).toEqual([]);
    expect(violationsAfter(130, (list) => list.splice(0))).toEqual(["counted once"]);
    expect(violationsAfter(110, (list) => list.splice(0, 1))).toEqual(["counted once"]);
  });

  test("lets Postgres' own epoch come and go while the index is away", () => {
    const events = recorded(good);
    insert(events, 150, seen("stream a", "stream", { how: "snapshot", epoch: "pg", version: 90, rows: "stale" }));
    insert(events, 160, seen("stream a", "stream", { how: "snapshot", version: 3, rows: "window" }));
    expect(check(events.sort((a, b) => a.at - b.at))).toEqual([]);
  });
});

function item(player: string, score: number) {
  return { player, score, tiebreaks: [] };
}

function seen(viewer: string, kind: Seen["kind"], more: Partial<Seen> & Pick<Seen, "how" | "rows" | "version">): Seen {
  return { type: "seen", viewer, kind, board: "sum", epoch: "e1", ...more };
}

function recorded(run: typeof good): Recorded[] {
  return structuredClone(run).map(([at, happening]) => ({ at, ...happening }));
}

function stored(events: Recorded[]) {
  const found = events.find((event) => event.type === "stored");
  if (found?.type !== "stored") throw new Error("nothing is stored");
  return found;
}

/** Changes what is stored in such a way that the standings still follow from the events. */
function edited(events: Recorded[], change: (list: StoredEvent[]) => void): void {
  const found = stored(events);
  change(found.events);
  const sums = new Map<string, number>();
  for (const { player, score } of found.events) sums.set(player, (sums.get(player) ?? 0) + score);
  found.standings = [...sums].map(([player, score]) => ({ player, score }));
}

function entry(player: string, score: number): StoredEvent {
  return { player, score, applied: true };
}

function edit(
  events: Recorded[],
  type: Recorded["type"],
  change: object,
  which: (seen: SeenAt) => boolean = () => true,
) {
  for (const event of events) if (event.type === type && which(event as SeenAt)) Object.assign(event, change);
}

type SeenAt = Seen & { at: number };

function move(events: Recorded[], at: number, which: (seen: SeenAt) => boolean): void {
  edit(events, "seen", { at }, which);
}

function remove(events: Recorded[], type: Recorded["type"]): void {
  events.splice(0, events.length, ...events.filter((event) => event.type !== type));
}

function insert(events: Recorded[], at: number, happening: Happening): void {
  events.push({ at, ...happening });
}

test("every mutant of the fault runner is paired with a fault that there is", () => {
  const names = faults.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const mutant of mutants) expect(names).toContain(mutant.fault);
});

test("every mutant takes out what is in the source exactly once", async () => {
  for (const { name, patches = [] } of mutants) {
    for (const { file, find } of patches) {
      const source = await readFile(file, "utf8");
      expect(source.split(find), `${name} in ${file}`).toHaveLength(2);
    }
  }
});
