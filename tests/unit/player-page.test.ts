import { describe, expect, it } from "vitest";
import { type Effect, effectOf } from "@/app/_components/player/event-effect";
import { type KnownEvents, withEarlier, withNewest } from "@/app/_components/player/known-events";
import { playerHref, watchHref } from "@/app/_components/player/player-href";
import type { Operator } from "@/lib/domain/board";
import type { PlayerEvent, PlayerEvents } from "@/lib/domain/history";
import { textsIn } from "@/tests/support/texts";

type Values = [score: number, tiebreak: number];

function event(posted: Values, after: Values, seq = 1): PlayerEvent {
  const values = ([score, tiebreak]: Values) => ({ score, tiebreaks: [tiebreak] });
  return { seq, at: "2024-05-01T12:00:00.000Z", ...values(posted), applied: true, after: values(after) };
}

describe("what a posted score did", () => {
  const effect = (operator: Operator, posted: Values, after: Values, applied: boolean, before: Values = [100, 5]) =>
    effectOf({ operator }, { ...event(posted, after), applied }, event(before, before));

  it("is told by what the board's operator made of it", () => {
    const told: [Effect, Effect][] = [
      [effect("best", [120, 0], [120, 0], true), "better"],
      [effect("best", [100, 3], [100, 3], true), "betterTiebreak"],
      [effect("best", [90, 0], [100, 5], false), "kept"],
      [effect("best", [100, 9], [100, 5], false), "keptOnTiebreaks"],
      [effect("best", [100, 5], [100, 5], false), "equal"],
      [effect("set", [90, 0], [90, 0], true), "replaced"],
      [effect("set", [100, 5], [100, 5], false), "same"],
      [effect("incr", [5, 0], [105, 5], true), "added"],
      [effect("incr", [0, 0], [100, 5], false), "addedNothing"],
    ];
    expect(told.map(([found]) => found)).toEqual(told.map(([, expected]) => expected));
  });

  it("is the first score only where nothing came before for certain", () => {
    const posted = event([7, 0], [7, 0]);
    expect(effectOf({ operator: "best" }, posted, null)).toBe("first");
    expect(effectOf({ operator: "best" }, posted, undefined)).toBe("better");
  });

  it("is said in plain words, with what was kept", () => {
    expect(textsIn("en", "player")("effect.kept", { before: "120" })).toBe("kept the best: 120");
    expect(textsIn("de", "player")("effect.kept", { before: "120" })).toBe("das beste bleibt: 120");
  });
});

describe("the events that are known", () => {
  const page = (seqs: number[], next: number | null): PlayerEvents => {
    return { player: "p", events: seqs.map((seq) => event([seq, 0], [seq, 0], seq)), next, complete: true };
  };
  const seqs = ({ events, next }: KnownEvents) => [events.map(({ seq }) => seq), next];

  it("grow at both ends, each event once", () => {
    const first = withNewest(null, page([30, 20], 20));
    const earlier = withEarlier(first, page([20, 10, 5], 5));
    expect(seqs(earlier)).toEqual([[30, 20, 10, 5], 5]);
    const newest = withNewest(earlier, page([40, 30], 30));
    expect(seqs(newest)).toEqual([[40, 30, 20, 10, 5], 5]);
    expect(seqs(withEarlier(newest, page([1], null)))).toEqual([[40, 30, 20, 10, 5, 1], null]);
  });

  it("begin anew where more has happened than a page holds, rather than have a gap", () => {
    const known = withEarlier(withNewest(null, page([30, 20], 20)), page([10], null));
    expect(seqs(withNewest(known, page([60, 50], 50)))).toEqual([[60, 50], 50]);
    expect(seqs(withNewest(known, page([50, 40, 30], 30)))).toEqual([[50, 40, 30, 20, 10], null]);
  });
});

describe("addresses of players", () => {
  it("carry any id but two, which no path can", () => {
    expect(playerHref("b", "a/b?c#d%20é")).toBe("/boards/b/players/a%2Fb%3Fc%23d%2520%C3%A9");
    expect([".", ".."].map((id) => playerHref("b", id))).toEqual(["/boards/b?player=.", "/boards/b?player=.."]);
    expect(playerHref("b", "...")).toBe("/boards/b/players/...");
    expect(watchHref("b", "a&b=c")).toBe("/boards/b?player=a%26b%3Dc");
  });
});
