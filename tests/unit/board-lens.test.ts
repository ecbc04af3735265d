import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BoardLens, backShownMs } from "@/app/_hooks/board-lens";
import type { Lens, LiveView } from "@/app/_hooks/live-view";
import { type Moves, moveShownMs, noMoves } from "@/app/_hooks/moves";
import { baselineOf } from "@/app/_hooks/moves-since";
import type { Entry } from "@/lib/domain/snapshot";

/** A board that somebody looks at through a lens. */
class Stage {
  #lens: Lens | null = null;
  #version = 0;
  #view = viewOf([], 0, noMoves);
  connection: LiveView["status"] = "polling";
  seen = this.#view;
  readonly lens = new BoardLens({
    lookThrough: (lens) => {
      this.#lens = lens;
      this.#look();
    },
  });

  /** The players, best first, with their scores. */
  shows(scores: Record<string, number>, moves: Moves = noMoves): void {
    const known = new Map(this.#view.snapshot.entries.map((entry) => [entry.player, entry]));
    const entries = Object.entries(scores).map(([player, score], i): Entry => {
      const old = known.get(player);
      if (old && old.score === score && old.rank === i + 1) return old;
      return { rank: i + 1, position: i + 1, player, name: player, score, tiebreaks: [] };
    });
    this.#version++;
    this.#view = viewOf(entries, this.#version, moves);
    this.#look();
  }

  /** As the board has it looked at once a second. */
  passes(ms: number): void {
    vi.advanceTimersByTime(ms);
    this.#look();
  }

  get order(): string {
    return this.seen.snapshot.entries.map(({ player }) => player).join(" ");
  }

  get arrows(): Record<string, number> {
    return Object.fromEntries([...this.seen.moves].map(([player, { places }]) => [player, places]));
  }

  #look(): void {
    const view = { ...this.#view, status: this.connection };
    this.seen = this.#lens ? this.#lens(view) : view;
  }
}

function viewOf(entries: Entry[], version: number, moves: Moves): LiveView {
  const rules = { order: "desc", operator: "best", decimals: 0, rankStyle: "competition" } as const;
  const board = { id: "cup", name: "Cup", ...rules, tiebreaks: [], delivery: "polling" } as const;
  const snapshot = {
    board: { ...board, tiebreaks: [] },
    epoch: "e",
    version,
    asOf: "",
    total: entries.length,
    entries,
  };
  const calm = { streaming: false, offline: false, serverStale: false, gone: false, newestItem: 0 };
  return { snapshot, moves, status: "polling", standing: null, heldAt: null, ...calm };
}

let stage: Stage;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000_000 });
  stage = new Stage();
  stage.shows({ a: 30, b: 20, c: 10 });
  stage.lens.start();
});
afterEach(() => vi.useRealTimers());

describe("a page that is paused", () => {
  it("stands still and counts the results that wait, not the places that they move; resumed, it shows the newest", () => {
    stage.lens.togglePause();
    stage.shows({ c: 40, a: 30, b: 20 });
    stage.shows({ c: 40, b: 35, a: 31, d: 1 });
    expect([stage.order, stage.lens.getState().waiting, stage.seen.heldAt]).toEqual(["a b c", 4, 1_000_000_000]);
    stage.lens.togglePause();
    expect([stage.order, stage.lens.getState().waiting, stage.seen.heldAt]).toEqual(["c b a d", 0, null]);
  });

  it("goes on saying how the connection is", () => {
    stage.lens.togglePause();
    stage.connection = "stale";
    stage.passes(1_000);
    expect(stage.seen.status).toBe("stale");
  });

  it("keeps its arrows; resumed, arrows tell for a while what happened meanwhile", () => {
    const moves = new Map([["a", { places: 1, fromRank: 2, until: 0 }]]);
    stage.shows({ a: 30, b: 20, c: 10 }, moves);
    stage.lens.togglePause();
    stage.shows({ c: 40, a: 30, b: 20 });
    stage.passes(300_000);
    expect(stage.arrows).toEqual({ a: 1 });
    stage.lens.togglePause();
    expect(stage.arrows).toEqual({ a: -1, b: -1, c: 2 });
    stage.passes(moveShownMs);
    expect(stage.arrows).toEqual({});
  });
});

describe("who comes back", () => {
  it("is told for a minute who has moved since, also of moves that come now; then arrows are as before", () => {
    const seen = stage.lens.lookAway();
    stage.passes(700_000);
    stage.shows({ b: 50, a: 30, c: 10 });
    stage.lens.comeBack(seen ?? baselineOf([], 0));
    expect([stage.arrows, stage.lens.getState().back]).toEqual([
      { b: 1, a: -1 },
      { at: 1_000_000_000, moved: 2 },
    ]);
    stage.shows({ b: 50, c: 40, a: 30 });
    expect([stage.arrows, stage.lens.getState().back?.moved]).toEqual([{ b: 1, c: 1, a: -2 }, 3]);
    stage.passes(backShownMs);
    expect([stage.arrows, stage.lens.getState().back]).toEqual([{}, null]);
  });

  it("is told nothing where nobody has moved, and no more once it was dismissed", () => {
    stage.lens.comeBack(baselineOf(stage.seen.snapshot.entries, 5));
    expect(stage.lens.getState()).toMatchObject({ back: null, lookedAt: 5 });
    stage.shows({ b: 50, a: 30, c: 10 });
    expect(stage.lens.getState().back).toEqual({ at: 5, moved: 2 });
    stage.lens.dismissBack();
    expect([stage.arrows, stage.lens.getState().back]).toEqual([{}, null]);
  });

  it("saw last what a paused page showed", () => {
    stage.lens.togglePause();
    stage.shows({ b: 50, a: 30, c: 10 });
    expect([...(stage.lens.lookAway()?.ranks ?? [])]).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]);
  });
});

describe("arrows", () => {
  const lively = new Map([["c", { places: 5, fromRank: 8, until: 0 }]]);

  it("tell of the last moves, of those since the last look, or of the last hour, as the viewer chose", () => {
    stage.shows({ b: 50, a: 30, c: 10 }, lively);
    stage.lens.comeBack(baselineOf(ranked("a", "b", "c"), 5));
    stage.lens.dismissBack();
    expect(stage.arrows).toEqual({ c: 5 });
    stage.lens.setArrows("look");
    expect(stage.arrows).toEqual({ b: 1, a: -1 });
    stage.lens.setArrows("hour");
    expect(stage.arrows).toEqual({});
    stage.lens.setHour(baselineOf(ranked("c", "a"), 6));
    expect(stage.arrows).toEqual({ c: -2 });
    stage.lens.setArrows("live");
    expect(stage.arrows).toEqual({ c: 5 });
  });

  it("keep their object while they say the same, so that no row is written anew", () => {
    stage.lens.setArrows("hour");
    stage.lens.setHour(baselineOf(ranked("c", "b", "a"), 6));
    const before = stage.seen.moves;
    stage.passes(1_000);
    expect(stage.seen.moves).toBe(before);
    stage.shows({ a: 31, b: 20, c: 10, d: 9 });
    expect(stage.seen.moves).toBe(before);
    stage.shows({ a: 31, c: 25, b: 20 });
    expect([stage.arrows, stage.seen.moves.get("a")]).toEqual([{ a: 2, c: -1, b: -1 }, before.get("a")]);
  });
});

it("a lens that was taken away changes nothing any more", () => {
  const taken = new Stage();
  taken.shows({ a: 1 });
  const takeAway = taken.lens.start();
  taken.lens.togglePause();
  takeAway();
  taken.shows({ b: 2 });
  taken.lens.setArrows("hour");
  expect(taken.order).toBe("b");
});

function ranked(...players: string[]): { player: string; rank: number }[] {
  return players.map((player, i) => ({ player, rank: i + 1 }));
}
