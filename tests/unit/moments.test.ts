import fc from "fast-check";
import { expect, test } from "vitest";
import type { Board } from "@/lib/domain/board";
import { aheadMax, type Mark, markOf, momentsBetween, type Sight } from "@/lib/domain/moments";
import { compareStandings, type RankedStanding, rankInOrder, type Standing } from "@/lib/domain/ranking";
import { applyScore } from "@/lib/domain/score";

type Rules = Pick<Board, "order" | "operator" | "tiebreaks" | "rankStyle">;
const plain: Rules = { order: "desc", operator: "best", tiebreaks: [], rankStyle: "competition" };

/** A board that takes scores, and shows any player with the nearest ahead. */
class Model {
  readonly standings = new Map<string, Standing>();
  readonly rules: Rules;
  #seq = 0;

  constructor(rules: Rules) {
    this.rules = rules;
  }

  post(player: string, score: number): void {
    const present = this.standings.get(player);
    const applied = applyScore(this.rules, present?.values ?? null, [score]);
    const seq = ++this.#seq;
    if (applied.outcome !== "applied") return;
    this.standings.set(player, { player, name: player.toUpperCase(), values: applied.values, reached: seq });
  }

  ranked(): RankedStanding[] {
    const ordered = [...this.standings.values()].sort(compareStandings(this.rules));
    return rankInOrder(this.rules.rankStyle, ordered);
  }

  /** As the rank index tells it: no more than so many ahead. */
  see(player: string, ranked = this.ranked()): Sight {
    const at = ranked.findIndex((one) => one.player === player);
    return { entry: ranked[at] as RankedStanding, ahead: ranked.slice(Math.max(0, at - aheadMax), at).reverse() };
  }
}

function board(scores: Record<string, number>, rules = plain): Model {
  const model = new Model(rules);
  for (const [player, score] of Object.entries(scores)) model.post(player, score);
  return model;
}

/** What befalls `me` while the scores are posted. */
function befalls(model: Model, posts: [string, number][]) {
  const mark = markOf(model.rules, model.see("me"));
  for (const [player, score] of posts) model.post(player, score);
  return momentsBetween(model.rules, mark, model.see("me"));
}

const crowd = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, 1_000 - i]));

test("whoever is passed learns by whom, and how far it goes down", () => {
  const moments = befalls(board({ top: 9, me: 5, low: 1, lower: 0 }), [
    ["lower", 7],
    ["low", 6],
  ]);
  expect(moments).toEqual([{ kind: "passed", data: { rank: 4, previousRank: 2, by: { player: "low", name: "LOW" } } }]);
});

test("a player who was ahead and only got better has passed nobody", () => {
  const moments = befalls(board({ top: 9, me: 5, low: 1 }), [
    ["low", 20],
    ["top", 10],
  ]);
  expect(moments).toMatchObject([{ kind: "passed", data: { by: { player: "low" } } }]);
});

test("who moved by their own doing was not passed, but may enter and leave the top 10, and reach first place", () => {
  const model = board({ ...crowd(12), me: 1 }, { ...plain, operator: "set" });
  expect(befalls(model, [["me", 995]])).toMatchObject([{ kind: "entered-top", data: { rank: 6, previousRank: 13 } }]);
  expect(befalls(model, [["me", 5_000]])).toMatchObject([{ kind: "first", data: { rank: 1, previousRank: 6 } }]);
  expect(befalls(model, [["me", 2]])).toMatchObject([{ kind: "left-top", data: { rank: 13, previousRank: 1 } }]);
});

test("being pushed out of the top 10 is both: passed, and left", () => {
  const model = board({ ...crowd(9), me: 900, low: 1 });
  expect(befalls(model, [["low", 901]]).map(({ kind }) => kind)).toEqual(["passed", "left-top"]);
});

test("first place may fall to one who did nothing", () => {
  const model = board({ top: 9, me: 5 }, { ...plain, operator: "set" });
  expect(befalls(model, [["top", 1]])).toEqual([{ kind: "first", data: { rank: 1, previousRank: 2 } }]);
});

test("a dense rank that gets worse because others stopped sharing theirs is no passing", () => {
  const model = board({ a: 9, b: 9, me: 5 }, { ...plain, rankStyle: "dense" });
  expect(model.see("me").entry.rank).toBe(2);
  expect(befalls(model, [["a", 10]])).toEqual([]);
  expect(model.see("me").entry.rank).toBe(3);
});

test("sharing a rank with one who came later is nothing", () => {
  expect(befalls(board({ me: 5, low: 1 }), [["low", 5]])).toEqual([]);
});

test("another rank style starts anew", () => {
  const model = board({ a: 9, b: 9, me: 5 });
  const mark = markOf({ rankStyle: "dense" }, model.see("me"));
  expect(momentsBetween(plain, { ...mark, position: 1 }, model.see("me"))).toEqual([]);
});

test("far down, the one who passed is named where nobody can have come from further ahead, else nobody is", () => {
  const far = () => ({ ...crowd(100), me: 800, low: 1 });
  const passed = (model: Model, score: number) => befalls(model, [["low", score]])[0]?.data.by;
  expect(passed(board(far()), 905)).toMatchObject({ player: "low" });
  expect(passed(board(far()), 950)).toBeNull();
  expect(passed(board(far(), { ...plain, operator: "set" }), 905)).toBeNull();
});

const names = Array.from({ length: 30 }, (_, i) => `p${i}`);
const posts = fc.array(fc.tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 25 })), { maxLength: 25 });
const anyRules = fc.record({
  order: fc.constantFrom("desc" as const, "asc" as const),
  operator: fc.constantFrom("best" as const, "set" as const, "incr" as const),
  tiebreaks: fc.constant<Board["tiebreaks"]>([]),
  rankStyle: fc.constantFrom("competition" as const, "dense" as const, "ordinal" as const),
});

test("over any course of a board, every moment is true, every loss is told once, and nobody is named wrongly", () => {
  const kinds = new Set<string>();
  let named = 0;
  const judge = (rules: Rules, mark: Mark, was: RankedStanding, sight: Sight) => {
    const now = sight.entry;
    const moments = momentsBetween(rules, mark, sight);
    const told = moments.map(({ kind }) => kind);
    for (const kind of told) kinds.add(kind);
    const lost = was.reached === now.reached && now.rank > was.rank && now.position > was.position;
    const right = { passed: lost, "entered-top": now.rank <= 10 && was.rank > 10 };
    const more = { "left-top": now.rank > 10 && was.rank <= 10, first: now.rank === 1 && was.rank !== 1 };
    const wanted = Object.entries({ ...right, ...more }).flatMap(([kind, is]) => (is ? [kind] : []));
    if (JSON.stringify(told) !== JSON.stringify(wanted)) expect(told).toEqual(wanted);
    // Judged again from where it now stands, there is nothing to tell.
    if (momentsBetween(rules, markOf(rules, sight), sight).length > 0) throw new Error("told again");
    return moments[0]?.data.by;
  };
  const property = fc.property(anyRules, posts, fc.array(posts, { maxLength: 8 }), (rules, start, rounds) => {
    const model = new Model(rules);
    for (const [i, name] of names.entries()) model.post(name, i % 25);
    for (const [player, score] of start) model.post(player, score);
    let before = model.ranked();
    let marks = new Map(names.map((name) => [name, markOf(rules, model.see(name, before))]));
    for (const round of rounds) {
      for (const [player, score] of round) model.post(player, score);
      const after = model.ranked();
      const was = new Map(before.map((one) => [one.player, one]));
      const place = (player: string) => was.get(player)?.position ?? 0;
      for (const now of after) {
        const mark = marks.get(now.player) as Mark;
        const by = judge(rules, mark, was.get(now.player) as RankedStanding, model.see(now.player, after));
        if (!by) continue;
        named++;
        // The nearest of those who were behind and are ahead.
        const passers = after.slice(0, now.position - 1).filter(({ player }) => place(player) > place(now.player));
        expect(by.player).toBe(passers.at(-1)?.player);
      }
      marks = new Map(names.map((name) => [name, markOf(rules, model.see(name, after))]));
      before = after;
    }
  });
  fc.assert(property, { numRuns: 200 });
  expect([...kinds].toSorted()).toEqual(["entered-top", "first", "left-top", "passed"]);
  expect(named).toBeGreaterThan(100);
});
