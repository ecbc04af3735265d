import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FakeSink } from "@/tests/support/fake-sink";
import { type Instance, shown, shownBy, World } from "@/tests/support/live-world";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** One thing that happens, and how many milliseconds later the next one does. */
type Step = { what: What; after: number; on: number };
const whats = [
  "post",
  "post",
  "post",
  "join",
  "return",
  "leave",
  "poll",
  "fill",
  "drain",
  "rename",
  "toggle",
  "rebuild",
] as const;
type What = (typeof whats)[number];

const steps = fc.array(
  fc.record({
    what: fc.constantFrom(...whats),
    after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
    on: fc.nat(1),
  }),
  { minLength: 5, maxLength: 60 },
) satisfies fc.Arbitrary<Step[]>;

/** Milliseconds that questions and answers take in turn. */
const delays = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 })), { minLength: 3, maxLength: 17 });

test("whatever happens in whatever order, viewers miss nothing and are up to date within a second", async () => {
  const property = fc.asyncProperty(steps, delays, async (steps, delays) => {
    const { world, sinks } = await play(steps, delays, { lose: () => false });
    await vi.advanceTimersByTimeAsync(1_000);
    check(world, sinks);
    for (const instance of world.instances) instance.hub.drain();
    await vi.advanceTimersByTimeAsync(1_000);
  });
  await fc.assert(property, { numRuns: 2_000 });
}, 120_000);

async function play(steps: readonly Step[], delays: readonly number[], feed: { lose(): boolean }) {
  let asked = 0;
  const world = new World({ delay: () => delays[asked++ % delays.length] ?? 0 });
  const instances = [world.instance(), world.instance()] as const;
  const sinks: FakeSink[] = [];
  const left: FakeSink[] = [];
  world.post("a", 1);
  /** The writing instance hears at once, the other by the feed. */
  const tell = (position: Parameters<Instance["hears"]>[0], on: number) => {
    instances[on]?.hears(position);
    const { epoch, version } = position ?? { epoch: "", version: 0 };
    for (const instance of instances) {
      if (!feed.lose()) setTimeout(() => instance.hears(position && { epoch, version }), world.delay());
    }
  };
  const happenings: Record<What, (on: number, i: number) => void> = {
    post: (on, i) => tell(world.post(`p${i % 7}`, (i * 37) % 11), on),
    rename: (on, i) => tell(world.change({ name: `Board ${i}` }), on),
    toggle: (on) => tell(world.change({ delivery: world.board.delivery === "sse" ? "polling" : "sse" }), on),
    rebuild: (on) => tell(world.rebuilt(), on),
    join: (on, i) => void sinks.push(instances[on]?.watch(i % 2 ? { player: "p1" } : {}) as FakeSink),
    return(on) {
      const before = left.pop();
      if (before) sinks.push(instances[on]?.watch({ returning: before.view }) as FakeSink);
    },
    leave() {
      const sink = sinks.shift();
      sink?.close();
      if (sink) left.push(sink);
    },
    poll: (on) => void instances[on]?.views.read("b", { offset: 0, limit: 100 }).catch(() => undefined),
    fill: (_on, i) => sinks[i % Math.max(1, sinks.length)]?.fill(),
    drain: (_on, i) => sinks[i % Math.max(1, sinks.length)]?.drain(),
  };
  for (const [i, { what, after, on }] of steps.entries()) {
    happenings[what](on, i);
    await vi.advanceTimersByTimeAsync(after);
  }
  for (const sink of sinks) sink.drain();
  return { world, sinks };
}

function check(world: World, sinks: readonly FakeSink[]): void {
  for (const sink of sinks) {
    if (sink.failure) throw sink.failure;
    if (sink.ended || sink.closed) continue;
    expect(shownBy(sink)).toEqual(shown(world));
  }
  if (world.board.delivery === "polling") expect(sinks.filter((sink) => !sink.ended && !sink.closed)).toEqual([]);
}
