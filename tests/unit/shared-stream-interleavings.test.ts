/** Tabs that come, go, die, freeze and hide at any moment, while what they tell one another is on its way. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { positionId } from "@/lib/domain/snapshot";
import { TabsWorld, type WatchingTab } from "@/tests/support/tabs-world";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const everyday = ["post", "post", "post", "open", "open", "leave", "hide", "look", "lose", "rebuild"] as const;
const failures = ["crash", "freeze", "thaw", "refuse"] as const;
const switches = ["off", "on"] as const;
type What = (typeof everyday)[number] | (typeof failures)[number] | (typeof switches)[number];

interface Step {
  what: What;
  which: number;
  /** Milliseconds until the next. */
  after: number;
}

interface Story {
  steps: Step[];
  delays: number[];
  randoms: number[];
}

const soon = (max: number) => fc.oneof(fc.constant(0), fc.integer({ min: 1, max }));

function story(whats: readonly What[]): fc.Arbitrary<Story> {
  const after = fc.oneof(soon(50), soon(50), soon(300), soon(70_000));
  const step = fc.record({ what: fc.constantFrom(...whats), which: fc.nat(20), after });
  return fc.record({
    steps: fc.array(step as fc.Arbitrary<Step>, { minLength: 5, maxLength: 25, size: "max" }),
    delays: fc.array(soon(200), { minLength: 3, maxLength: 17 }),
    randoms: fc.array(fc.double({ min: 0, max: 0.99, noNaN: true }), { minLength: 1, maxLength: 7 }),
  });
}

test("by the stream alone every tab comes to show the truth, whoever leads, and there is one stream", async () => {
  await fc.assert(
    fc.asyncProperty(story(everyday), async (story) => {
      const world = await play(story, false);
      await vi.advanceTimersByTimeAsync(8_000);
      check(world, looking(world));
    }),
    { numRuns: 150 },
  );
}, 120_000);

test("a leader that died or is frozen keeps no other tab from the truth for longer than its silence is borne", async () => {
  await fc.assert(
    fc.asyncProperty(story([...everyday, ...failures]), async (story) => {
      const world = await play(story, false);
      // Silent for up to 9 s, does not answer for up to 10 s; a refused stream rests for a minute.
      await vi.advanceTimersByTimeAsync(100_000);
      check(world, looking(world));
      wake(world);
      await vi.advanceTimersByTimeAsync(70_000);
      check(world, looking(world));
    }),
    { numRuns: 150 },
  );
}, 120_000);

test("an organizer who switches streaming off and on reaches every tab", async () => {
  await fc.assert(
    fc.asyncProperty(story([...everyday, ...failures, ...switches]), async (story) => {
      const world = await play(story, true);
      wake(world);
      world.switchDelivery("polling");
      await vi.advanceTimersByTimeAsync(35_000);
      expect(world.streams).toHaveLength(0);
      check(world, looking(world));
      world.switchDelivery("sse");
      await vi.advanceTimersByTimeAsync(20_000);
      check(world, looking(world));
    }),
    { numRuns: 75 },
  );
}, 120_000);

async function play({ steps, delays, randoms }: Story, polls: boolean): Promise<TabsWorld> {
  vi.clearAllTimers();
  let delayed = 0;
  let drawn = 0;
  const world = new TabsWorld(
    () => delays[delayed++ % delays.length] ?? 0,
    () => randoms[drawn++ % randoms.length] ?? 0,
  );
  world.polls = polls;
  const one = (which: number): WatchingTab | undefined => {
    const open = world.tabs.filter((tab) => !tab.dead && !tab.left);
    return open[which % Math.max(1, open.length)];
  };
  const awake = (which: number) => {
    const tab = one(which);
    return tab?.frozen ? undefined : tab;
  };
  const happenings: Record<What, (which: number) => void> = {
    post: (which) => world.post(`p${which % 5}`, which),
    open: () => void (world.tabs.length < 8 && world.open()),
    leave: (which) => awake(which)?.leave(),
    hide: (which) => awake(which)?.look(true),
    look: (which) => awake(which)?.look(false),
    lose: () => world.streams[0]?.lose(false),
    refuse: () => world.streams[0]?.lose(true),
    rebuild: () => world.rebuild(),
    crash: (which) => one(which)?.crash(),
    freeze: (which) => one(which)?.freeze(),
    thaw: (which) => one(which)?.thaw(),
    off: () => world.switchDelivery("polling"),
    on: () => world.switchDelivery("sse"),
  };
  world.open();
  for (const { what, which, after } of steps) {
    happenings[what](which);
    await vi.advanceTimersByTimeAsync(after);
  }
  for (const tab of world.tabs) if (!tab.frozen && !tab.left) tab.look(false);
  return world;
}

function wake(world: TabsWorld): void {
  for (const tab of world.tabs) {
    tab.thaw();
    if (!tab.left) tab.look(false);
  }
}

function looking(world: TabsWorld): WatchingTab[] {
  return world.tabs.filter((tab) => !tab.dead && !tab.left && !tab.frozen && !tab.hidden);
}

function check(world: TabsWorld, tabs: WatchingTab[]): void {
  for (const { failure } of world.tabs) if (failure) throw failure;
  const truth = JSON.stringify([positionId(world.now), world.now.entries]);
  const streaming = world.now.board.delivery === "sse";
  expect(tabs.map((tab) => tab.shown)).toEqual(tabs.map(() => truth));
  expect(tabs.map((tab) => tab.live.getView().streaming)).toEqual(tabs.map(() => streaming));
  expect(world.streams.filter(({ tab }) => !tab.frozen)).toHaveLength(streaming ? Math.min(tabs.length, 1) : 0);
}
