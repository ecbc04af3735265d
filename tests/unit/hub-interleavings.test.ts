import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FakeSink } from "@/tests/support/fake-sink";
import { type Instance, shown, shownBy, World } from "@/tests/support/live-world";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const everyday = [
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
] as const;
const failures = ["rebuild", "away", "back"] as const;
type What = (typeof everyday)[number] | (typeof failures)[number];

/** What happens, on which instance, and how many milliseconds pass before the next thing does. */
interface Step {
  what: What;
  on: 0 | 1;
  after: number;
}

interface Story {
  steps: Step[];
  /** How long questions, answers and messages take, in turn; in milliseconds. */
  delays: number[];
  /** Which messages of the change feed get lost, in turn. */
  lost: boolean[];
}

const soon = (max: number) => fc.oneof(fc.constant(0), fc.integer({ min: 1, max }));

function story(whats: readonly What[], lost: fc.Arbitrary<boolean>): fc.Arbitrary<Story> {
  const step = fc.record({
    what: fc.constantFrom(...whats),
    on: fc.constantFrom(0, 1),
    after: fc.oneof(soon(30), soon(30), soon(400)),
  });
  return fc.record({
    steps: fc.array(step as fc.Arbitrary<Step>, { minLength: 5, maxLength: 30, size: "max" }),
    delays: fc.array(soon(50), { minLength: 3, maxLength: 17 }),
    lost: fc.array(lost, { minLength: 1, maxLength: 7 }),
  });
}

test("whatever happens at the same time, viewers miss nothing and are up to date within a second", async () => {
  await fc.assert(
    fc.asyncProperty(story([...everyday, "rebuild"], fc.constant(false)), async (story) => {
      const ended = await play(story);
      await vi.advanceTimersByTimeAsync(1_000);
      await check(ended);
    }),
    { numRuns: 200 },
  );
}, 120_000);

const sizes = [
  ["a board", 0, 7],
  // Whose pages rest before Postgres makes another while the index is away, and nobody waits for that.
  ["a large board", 20_000, 15],
] as const;

test.each(sizes)(
  "with lost messages, a lost index and Redis coming and going, viewers of %s are up to date in time",
  async (_, crowd, seconds) => {
    await fc.assert(
      fc.asyncProperty(story([...everyday, ...failures], fc.boolean()), async (story) => {
        const ended = await play(story, crowd);
        await vi.advanceTimersByTimeAsync(seconds * 1_000);
        await check(ended);
      }),
      { numRuns: 200 },
    );
  },
  120_000,
);

async function play({ steps, delays, lost }: Story, crowd = 0): Promise<{ world: World; sinks: FakeSink[] }> {
  vi.clearAllTimers();
  let asked = 0;
  let told = 0;
  const world = new World({ delay: () => delays[asked++ % delays.length] ?? 0 });
  world.crowd = crowd;
  const feeds = [world.instance(), world.instance()].map((instance) => ({ instance, arrival: 0 }));
  const sinks: FakeSink[] = [];
  const left: FakeSink[] = [];
  /** The instance that wrote knows at once; the feed tells all, one message after the other. */
  const tell = (on: number, position: ReturnType<World["change"]> | ReturnType<World["post"]>) => {
    if (world.indexAway) return;
    feeds[on]?.instance.hears(position);
    const { epoch, version } = position;
    for (const feed of feeds) {
      if (lost[told++ % lost.length]) continue;
      feed.arrival = Math.max(feed.arrival, Date.now() + world.delay());
      setTimeout(() => feed.instance.hears({ epoch, version }), feed.arrival - Date.now());
    }
  };
  const come = (on: number, options: Parameters<Instance["watch"]>[0]) => {
    const sink = feeds[on]?.instance.watch(options);
    if (sink) sinks.push(sink);
  };
  const one = (i: number) => sinks[i % Math.max(1, sinks.length)];
  const happenings: Record<What, (on: number, i: number) => void> = {
    post: (on, i) => tell(on, world.post(`p${i % 7}`, (i * 37) % 11)),
    rename: (on, i) => tell(on, world.change({ name: `Board ${i}` })),
    toggle: (on) => tell(on, world.change({ delivery: world.board.delivery === "sse" ? "polling" : "sse" })),
    rebuild: (on) => tell(on, world.rebuilt()),
    away: () => void Object.assign(world, { indexAway: true }),
    back(on) {
      world.indexAway = false;
      tell(on, world.swept());
    },
    join: (on, i) => come(on, i % 2 ? { player: "p1" } : {}),
    return(on) {
      const before = left.pop();
      if (before) come(on, { returning: before.view });
    },
    leave() {
      const sink = sinks.shift();
      sink?.close();
      if (sink) left.push(sink);
    },
    poll: (on) => void feeds[on]?.instance.views.read("b", { offset: 0, limit: 100 }).catch(() => undefined),
    fill: (_on, i) => one(i)?.fill(),
    drain: (_on, i) => one(i)?.drain(),
  };
  world.post("a", 1);
  for (const [i, { what, on, after }] of steps.entries()) {
    happenings[what](on, i);
    await vi.advanceTimersByTimeAsync(after);
  }
  for (const sink of sinks) sink.drain();
  return { world, sinks };
}

async function check({ world, sinks }: { world: World; sinks: readonly FakeSink[] }): Promise<void> {
  for (const sink of sinks) if (sink.failure) throw sink.failure;
  const open = sinks.filter((sink) => !sink.closed);
  if (world.board.delivery === "polling") expect(open).toEqual([]);
  for (const sink of open) expect(shownBy(sink)).toEqual(shown(world));
  for (const { hub } of world.instances) hub.drain();
  await vi.advanceTimersByTimeAsync(600);
  expect(vi.getTimerCount()).toBe(0);
}
