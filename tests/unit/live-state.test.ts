import { describe, expect, it } from "vitest";
import { afterPoll, initialState } from "@/app/_hooks/board-state";
import {
  afterDelta,
  afterHandover,
  afterHeartbeat,
  afterStreamSnapshot,
  forNewcomer,
  fromHere,
  isBehind,
} from "@/app/_hooks/stream-state";
import type { Delta, Entry, Snapshot } from "@/lib/domain/snapshot";

const entry = (player: string, position: number, score: number): Entry => ({
  rank: position,
  position,
  player,
  name: player,
  score,
  tiebreaks: [],
});

function snapshot(version: number, entries: Entry[], change: Partial<Snapshot> = {}): Snapshot {
  const board: Snapshot["board"] = {
    id: "cup",
    name: "Cup",
    order: "desc",
    operator: "best",
    decimals: 0,
    tiebreaks: [],
    rankStyle: "competition",
    delivery: "sse",
  };
  return { board, epoch: "one", version, asOf: "2026-11-24T00:00:00Z", total: entries.length, entries, ...change };
}

const first = snapshot(5, [entry("ada", 1, 30), entry("bob", 2, 20), entry("cat", 3, 10)]);
const bobLeads: Delta = {
  from: 5,
  to: 6,
  total: 3,
  changed: [
    { ...entry("bob", 1, 40), previousRank: 2 },
    { ...entry("ada", 2, 30), previousRank: 1 },
  ],
  removed: [],
};
const state = initialState(first, 0);

describe("polls", () => {
  it("change nothing, not even an object, when they bring what is shown", () => {
    const after = afterPoll(state, structuredClone(first), 10, 20);
    expect(after.shown).toBe(first);
  });

  it("keep the objects of entries that did not change", () => {
    const polled = snapshot(6, [entry("ada", 1, 31), entry("bob", 2, 20), entry("cat", 3, 10)]);
    const { shown } = afterPoll(state, polled, 10, 20);
    expect(shown.entries[0]).toEqual(entry("ada", 1, 31));
    expect(shown.entries[1]).toBe(first.entries[1]);
    expect(shown.board).toBe(first.board);
  });

  it("never overwrite a newer state of the stream with an older version", () => {
    const { state: streamed } = afterDelta(state, "one", bobLeads, 10);
    const late = afterPoll(streamed, first, 5, 20);
    expect(late.shown.version).toBe(6);
  });

  it("give way to the server when it insists on an older version for longer than any cache could", () => {
    const { state: streamed } = afterDelta(state, "one", bobLeads, 10);
    expect(afterPoll(streamed, first, 15_009, 15_020).shown.version).toBe(6);
    expect(afterPoll(streamed, first, 15_010, 15_020).shown.version).toBe(5);
  });

  it("give way to an older version that is marked as stale only when no instance keeps a page that long", () => {
    const away = afterPoll(state, { ...first, epoch: "pg", stale: true }, 10, 20);
    const older = { ...first, epoch: "pg", version: 4, stale: true } as const;
    expect(afterPoll(away, older, 20_000, 20_010).shown.version).toBe(5);
    expect(afterPoll(away, older, 75_020, 75_030).shown.version).toBe(4);
    expect(afterPoll(away, { ...first, epoch: "pg", version: 4 }, 20_000, 20_010).shown.version).toBe(4);
  });

  it("bring a new epoch, but not back an old one that was asked for before", () => {
    const rebuilt = snapshot(1, [entry("bob", 1, 40)], { epoch: "two" });
    const after = afterPoll(state, rebuilt, 10, 20);
    expect(after.shown).toMatchObject({ epoch: "two", version: 1 });
    expect(afterPoll(after, first, 15, 30).shown.epoch).toBe("two");
    expect(afterPoll(after, first, 20, 30).shown.epoch).toBe("one");
  });

  it("carry the server's word that it may be out of date, and take it back", () => {
    const stale = afterPoll(state, { ...first, stale: true }, 10, 20);
    expect(stale.serverStale).toBe(true);
    expect(afterPoll(stale, first, 30, 40).serverStale).toBe(false);
  });

  it("bring a change of settings at the same version", () => {
    const polled = { ...first, board: { ...first.board, delivery: "polling" as const } };
    expect(afterPoll(state, polled, 10, 20).shown.board.delivery).toBe("polling");
  });
});

describe("deltas", () => {
  it("lead to the state they end at and keep unchanged entries", () => {
    const { state: after, gap } = afterDelta(state, "one", bobLeads, 10);
    expect(gap).toBe(false);
    expect(after.shown.entries.map(({ player }) => player)).toEqual(["bob", "ada", "cat"]);
    expect(after.shown.entries[2]).toBe(first.entries[2]);
  });

  it("are followed although a poll in between showed a version they skip", () => {
    const wide: Delta = { ...bobLeads, from: 6, to: 9, changed: [{ ...entry("cat", 3, 15), previousRank: 3 }] };
    const { state: streamed } = afterDelta(state, "one", bobLeads, 10);
    const polled = snapshot(8, [entry("bob", 1, 40), entry("ada", 2, 30), entry("cat", 3, 14)]);
    const between = afterPoll(streamed, polled, 11, 12);
    expect(between.shown.version).toBe(8);
    const { state: after, gap } = afterDelta(between, "one", wide, 20);
    expect(gap).toBe(false);
    expect(after.shown.version).toBe(9);
    expect(after.shown.entries[2]?.score).toBe(15);
  });

  it("do not set the page back when a poll was faster", () => {
    const polled = snapshot(8, [entry("bob", 1, 44)]);
    const ahead = afterPoll(afterDelta(state, "one", bobLeads, 10).state, polled, 11, 12);
    const { state: after, gap } = afterDelta(ahead, "one", { ...bobLeads, from: 6, to: 7 }, 20);
    expect(gap).toBe(false);
    expect(after.shown).toBe(ahead.shown);
  });

  it("are a gap when they continue nothing that is known", () => {
    const { state: after, gap } = afterDelta(state, "one", { ...bobLeads, from: 7, to: 8 }, 10);
    expect(gap).toBe(true);
    expect(after).toBe(state);
    expect(afterDelta(state, "two", bobLeads, 10).gap).toBe(true);
  });

  it("are ignored when they end at or before what is shown", () => {
    expect(afterDelta(state, "one", { ...bobLeads, from: 4, to: 5 }, 10)).toEqual({ state, gap: false });
  });

  it("leave a stale time as it is that the stream itself has told of", () => {
    const away = afterStreamSnapshot(state, { ...first, epoch: "pg", stale: true }, 10);
    const { state: after } = afterDelta(away, "pg", bobLeads, 20);
    expect(after).toMatchObject({ serverStale: true, shown: { epoch: "pg", version: 6, stale: true } });
  });

  it("end a stale time that polls had reported", () => {
    const { state: streamed } = afterDelta(state, "one", bobLeads, 10);
    const away = afterPoll(streamed, { ...first, epoch: "pg", version: 99, stale: true }, 11, 12);
    expect(away).toMatchObject({ serverStale: true, shown: { epoch: "pg" } });
    const { state: back, gap } = afterDelta(away, "one", { ...bobLeads, from: 6, to: 7 }, 20);
    expect(gap).toBe(false);
    expect(back).toMatchObject({ serverStale: false, shown: { epoch: "one", version: 7 } });
    expect(back.shown).not.toHaveProperty("stale");
  });
});

describe("snapshots of the stream", () => {
  it("replace what is shown unless it is newer, and start the chain of deltas anew", () => {
    const older = afterStreamSnapshot(initialState(snapshot(9, []), 0), first, 10);
    expect(older.shown.version).toBe(9);
    expect(afterDelta(older, "one", bobLeads, 20)).toMatchObject({ gap: false, state: { base: { version: 6 } } });
    const newer = afterStreamSnapshot(state, snapshot(1, [], { epoch: "two" }), 10);
    expect(newer.shown).toMatchObject({ epoch: "two", version: 1 });
  });
});

describe("heartbeats", () => {
  it("tell of what was missed", () => {
    expect(isBehind(state, { epoch: "one", version: 5 })).toBe(false);
    expect(isBehind(state, { epoch: "one", version: 4 })).toBe(false);
    expect(isBehind(state, { epoch: "one", version: 6 })).toBe(true);
    expect(isBehind(state, { epoch: "two", version: 1 })).toBe(true);
  });
});

describe("a state handed over by another tab", () => {
  it("is what the stream's next delta continues, wherever polls have led the giver", () => {
    const ahead = afterPoll(fromHere(state), snapshot(9, [entry("cat", 1, 99)]), 10, 20);
    const { state: joined, gap } = afterHandover(initialState(ahead.shown, 30), forNewcomer(ahead), 40);
    expect([joined.shown.version, joined.base?.version, gap]).toEqual([9, 5, false]);
    expect(afterDelta(joined, "one", bobLeads, 50).gap).toBe(false);
  });

  it("is as doubtful as the giver's own view", () => {
    const doubtful = { ...state, serverStale: true };
    expect(afterHandover(state, forNewcomer(doubtful), 10).state.serverStale).toBe(true);
    expect(afterHandover(doubtful, forNewcomer(state), 10).state.serverStale).toBe(false);
  });

  it("of an epoch that this tab has left already is not shown, and asks for a poll", () => {
    const later = afterPoll(state, { ...first, epoch: "two", version: 1 }, 10, 20);
    const { state: joined, gap } = afterHandover(later, forNewcomer(state), 30);
    expect([joined.shown.epoch, joined.base?.epoch, gap]).toEqual(["two", "one", true]);
  });

  it("of an epoch that the stream stays in is shown after all, polls or no polls", () => {
    const later = afterPoll(state, { ...first, epoch: "two", version: 1 }, 10, 20);
    const { state: joined } = afterHandover(later, forNewcomer(state), 30);
    expect(afterHeartbeat(joined, first, 15_000).shown.epoch).toBe("two");
    expect(afterHeartbeat(joined, { ...first, version: 6 }, 15_020).shown.epoch).toBe("two");
    expect(afterHeartbeat(joined, first, 15_020).shown.epoch).toBe("one");
  });

  it("of an epoch that this tab has not come to yet is shown", () => {
    const later = afterPoll(state, { ...first, epoch: "two", version: 1 }, 10, 20);
    const { state: joined, gap } = afterHandover(state, forNewcomer(later), 30);
    expect([joined.shown.epoch, gap]).toEqual(["two", false]);
    expect(joined.epochAt).toBe(20);
  });
});
