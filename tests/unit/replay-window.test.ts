import fc from "fast-check";
import { expect, test } from "vitest";
import { ReplayWindow } from "@/lib/live/replay-window";

const frame = (text: string, bytes = 10) => Buffer.alloc(bytes, text);

function filled(versions: readonly number[], { epoch = "e", bytes = 10, everyMs = 0 } = {}): ReplayWindow {
  const replay = new ReplayWindow();
  for (const [i, to] of versions.entries()) {
    const from = versions[i - 1] ?? 0;
    replay.add(epoch, { from, to }, frame(String(to % 10), bytes), i * everyMs);
  }
  return replay;
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

test("a viewer who comes back gets exactly the deltas since its position, in order", () => {
  const replay = filled([3, 4, 9]);
  expect(replay.since({ epoch: "e", version: 0 }, 0)).toEqual([frame("3"), frame("4"), frame("9")]);
  expect(replay.since({ epoch: "e", version: 4 }, 0)).toEqual([frame("9")]);
});

test("a position between two deltas, past the newest, or of another epoch needs a snapshot", () => {
  const replay = filled([3, 4, 9]);
  for (const version of [1, 5, 9, 10]) expect(replay.since({ epoch: "e", version }, 0)).toBeNull();
  expect(replay.since({ epoch: "f", version: 4 }, 0)).toBeNull();
});

test("what is two minutes old is not sent any more, even when nothing came after it", () => {
  const replay = filled([1, 2], { everyMs: 60_000 });
  expect(replay.since({ epoch: "e", version: 0 }, 120_000)).toHaveLength(2);
  expect(replay.since({ epoch: "e", version: 0 }, 120_001)).toBeNull();
  expect(replay.since({ epoch: "e", version: 1 }, 120_001)).toHaveLength(1);
});

test("beyond 256 deltas, or 128 KiB of them, a snapshot is cheaper", () => {
  const many = filled(upTo(257));
  expect(many.since({ epoch: "e", version: 0 }, 0)).toBeNull();
  expect(many.since({ epoch: "e", version: 1 }, 0)).toHaveLength(256);
  const large = filled(upTo(5), { bytes: 32 * 1024 });
  expect(large.since({ epoch: "e", version: 0 }, 0)).toBeNull();
  expect(large.since({ epoch: "e", version: 1 }, 0)).toHaveLength(4);
  expect(filled([1], { bytes: 200 * 1024 }).since({ epoch: "e", version: 0 }, 0)).toBeNull();
});

test("a delta that does not continue the last one, or another epoch, starts the window anew", () => {
  const skipped = filled([1, 2]);
  skipped.add("e", { from: 3, to: 4 }, frame("4"), 0);
  expect(skipped.since({ epoch: "e", version: 1 }, 0)).toBeNull();
  expect(skipped.since({ epoch: "e", version: 3 }, 0)).toEqual([frame("4")]);
  const renewed = filled([1, 2]);
  renewed.add("f", { from: 2, to: 3 }, frame("3"), 0);
  expect(renewed.since({ epoch: "f", version: 1 }, 0)).toBeNull();
});

test("whatever was added, the frames given lead from the position asked for to the newest without a gap", () => {
  const step = fc.record({
    by: fc.integer({ min: 1, max: 3 }),
    skip: fc.boolean(),
    ms: fc.nat(40_000),
    bytes: fc.nat(20_000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), fc.nat(600), (steps, asked) => {
      const replay = new ReplayWindow();
      const sent: { from: number; to: number }[] = [];
      let [version, now] = [0, 0];
      for (const { by, skip, ms, bytes } of steps) {
        now += ms;
        const from = skip && ms % 10 === 0 ? version + 1 : version;
        version = from + by;
        const name = Buffer.from(`${sent.push({ from, to: version }) - 1} `);
        replay.add("e", { from, to: version }, Buffer.concat([name, Buffer.alloc(bytes)]), now);
      }
      const missed = replay.since({ epoch: "e", version: asked }, now);
      let at = asked;
      for (const one of missed ?? []) {
        const { from, to } = sent[Number.parseInt(one.toString("latin1"), 10)] ?? { from: -1, to: -1 };
        expect(from).toBe(at);
        at = to;
      }
      if (missed) expect(at).toBe(version);
    }),
    { numRuns: 100 },
  );
});
