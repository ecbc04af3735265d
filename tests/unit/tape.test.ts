import fc from "fast-check";
import { expect, test } from "vitest";
import { Tape } from "@/lib/domain/tape";
import { anyPosts, anyRules, type Rules, ranksOf, type Stage, stagesOf } from "@/tests/support/posted";

function run<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

function tapeOf(rules: Rules, stages: readonly Stage[], kept = Number.POSITIVE_INFINITY): Tape {
  const tape = new Tape(rules);
  for (const { event } of stages) {
    tape.append(event);
    if (tape.end - tape.start > 2 * kept) run(tape.keep(kept));
  }
  run(tape.keep(kept));
  return tape;
}

/** With how many of its events a tape is left. */
const keeping = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 10 }));

test("at every place the standings, the first of them and each rank are those of the rules", () => {
  fc.assert(
    fc.property(anyRules, anyPosts, keeping, (rules, posts, kept) => {
      const stages = stagesOf(rules, posts);
      const tape = tapeOf(rules, stages, kept);
      expect([tape.end, tape.end - tape.start <= kept]).toEqual([stages.length, true]);
      const standings = tape.standings();
      for (let place = tape.start; place <= tape.end; place++) {
        run(tape.play(standings, place));
        const expected = stages[place - 1]?.standings ?? [];
        const numbers = run(standings.top(10));
        const found = numbers.map((number) => {
          const player = tape.players[number] ?? "";
          return { player, name: player, values: standings.valuesOf(number), reached: standings.reachedOf(number) };
        });
        expect([standings.total, found]).toEqual([expected.length, expected]);
        expect(run(standings.top(2))).toEqual(numbers.slice(0, 2));
        const ranks = numbers.map((number) => [tape.players[number], run(standings.rankOf(number, rules.rankStyle))]);
        expect(new Map(ranks as [string, number][])).toEqual(ranksOf(rules, expected));
      }
    }),
  );
});

test("following players tells of each of their events what it led to, and first what they had before", () => {
  fc.assert(
    fc.property(anyRules, anyPosts, keeping, (rules, posts, kept) => {
      const stages = stagesOf(rules, posts);
      const tape = tapeOf(rules, stages, kept);
      const players = ["B", "nobody", "a"];
      const found: unknown[] = [];
      run(
        tape.follow(players, (which, place, applied, after) => {
          const posted = place > tape.start ? tape.postedAt(place) : null;
          found.push([players[which], place, applied, [...after], posted]);
        }),
      );
      const before = stages[tape.start - 1]?.standings ?? [];
      const expected: unknown[] = [];
      for (const player of players) {
        const standing = before.find((one) => one.player === player);
        if (standing) expected.push([player, tape.start, true, standing.values, null]);
      }
      for (const [i, { event, after }] of stages.entries()) {
        const { player, applied, posted } = event;
        if (i >= tape.start && players.includes(player)) expected.push([player, i + 1, applied, after, posted]);
      }
      expect(found).toEqual(expected);
    }),
  );
});

test("a place is found by number and by time, whatever numbers were left out, and also where a clock was set back", () => {
  fc.assert(
    fc.property(anyRules, anyPosts, keeping, (rules, posts, kept) => {
      const stages = stagesOf(rules, posts);
      const tape = tapeOf(rules, stages, kept);
      const newest = stages.at(-1)?.event.seq ?? 0;
      const after = (place: number) => Math.max(place, tape.start);
      for (let seq = 0; seq <= newest + 1; seq++) {
        expect(tape.placeOfSeq(seq)).toBe(after(stages.filter(({ event }) => event.seq <= seq).length));
      }
      for (let at = 900; at < 1_900; at += 3) {
        const first = stages.findIndex(({ event }) => event.at > at);
        expect(tape.placeOfTime(at)).toBe(after(first < 0 ? stages.length : first));
      }
      for (let place = tape.start + 1; place <= tape.end; place++) {
        expect(tape.seqAt(place)).toBe(stages[place - 1]?.event.seq);
        expect(tape.placeOfTime(tape.timeAt(place))).toBeGreaterThanOrEqual(place);
      }
      expect([tape.seqAt(tape.start), tape.timeAt(tape.start)]).toEqual([0, 0]);
    }),
  );
});

test("more than the first columns hold is held, and the best of more than are sorted at once are found", () => {
  const rules: Rules = { order: "asc", operator: "set", rankStyle: "dense", tiebreaks: [] };
  const tape = new Tape(rules);
  for (let i = 0; i < 20_000; i++) {
    const posted = [(i * 7_919) % 5_000];
    tape.append({ seq: i + 1, at: i, player: `p${i}`, posted, applied: true });
  }
  const standings = tape.standings();
  run(tape.play(standings, tape.end));
  const best = run(standings.top(700));
  const expected = Array.from({ length: 20_000 }, (_, i) => i).sort((a, b) => {
    return ((a * 7_919) % 5_000) - ((b * 7_919) % 5_000) || a - b;
  });
  expect(best).toEqual(expected.slice(0, 700));
  expect(run(standings.rankOf(expected[19_999] ?? 0, "dense"))).toBe(5_000);
  expect(tape.bytes).toBeGreaterThan(20_000 * 29);
});

test("work gives way", () => {
  const rules: Rules = { order: "asc", operator: "set", rankStyle: "competition", tiebreaks: [] };
  const tape = new Tape(rules);
  for (let i = 0; i < 50_000; i++) tape.append({ seq: i + 1, at: i, player: `p${i}`, posted: [i], applied: true });
  const standings = tape.standings();
  const pauses = (work: Generator<void, unknown>) => [...work].length;
  expect(pauses(tape.play(standings, tape.end))).toBeGreaterThan(2);
  expect(pauses(tape.follow(["p1"], () => undefined))).toBeGreaterThan(2);
  expect(pauses(standings.top(10))).toBeGreaterThan(2);
  expect(pauses(standings.rankOf(9, "competition"))).toBeGreaterThan(2);
});
