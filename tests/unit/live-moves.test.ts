import { expect, it } from "vitest";
import { currentMoves, moveShownMs, noMoves, trackMoves } from "@/app/_hooks/moves";
import type { Entry } from "@/lib/domain/snapshot";

const ranks = (...players: string[]): Entry[] =>
  players.map((player, i) => ({ rank: i + 1, position: i + 1, player, name: player, score: 0, tiebreaks: [] }));

it("counts places gained and lost", () => {
  const moves = trackMoves(noMoves, ranks("a", "b", "c"), ranks("c", "a", "b"), 0);
  expect([...moves].map(([player, { places }]) => [player, places])).toEqual([
    ["c", 2],
    ["a", -1],
    ["b", -1],
  ]);
});

it("adds up moves in quick succession, and shows none for who is back where it was", () => {
  const once = trackMoves(noMoves, ranks("a", "b", "c"), ranks("a", "c", "b"), 0);
  const twice = trackMoves(once, ranks("a", "c", "b"), ranks("c", "a", "b"), 1_000);
  expect(twice.get("c")).toEqual({ places: 2, fromRank: 3, until: 1_000 + moveShownMs });
  const back = trackMoves(twice, ranks("c", "a", "b"), ranks("a", "b", "c"), 2_000);
  expect(back.size).toBe(0);
});

it("shows nothing for who enters or leaves the page", () => {
  expect(trackMoves(noMoves, ranks("a", "b"), ranks("a", "z"), 0).size).toBe(0);
});

it("drops a move when its time is over, and keeps its object until then", () => {
  const moves = trackMoves(noMoves, ranks("a", "b"), ranks("b", "a"), 0);
  expect(currentMoves(moves, moveShownMs - 1)).toBe(moves);
  expect(currentMoves(moves, moveShownMs).size).toBe(0);
});
