import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FakeSink } from "@/tests/support/fake-sink";
import { good, start, wait } from "@/tests/support/hub-stage";
import { type Instance, shown, shownBy, World } from "@/tests/support/live-world";
import { StreamView } from "@/tests/support/stream-view";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a returning viewer who has everything is only shown that the stream is alive", async () => {
  const { instance, sink } = await start();
  const again = instance.watch({ returning: sink.view });
  await wait(20);
  expect([again.events[0]?.event, again.names]).toEqual(["heartbeat", []]);
});

test("a returning viewer gets what it missed while others watched, and while nobody did", async () => {
  const { world, instance, sink } = await start();
  const other = instance.watch();
  await wait(20);
  sink.close();
  for (let score = 2; score < 5; score++) {
    instance.hears(world.post("a", score));
    await wait(300);
  }
  const again = instance.watch({ returning: sink.view });
  await wait(20);
  expect(again.names).toEqual(["delta", "delta", "delta"]);
  for (const one of [other, again]) one.close();
  instance.hears(world.post("b", 9));
  await wait(60_000);
  const later = instance.watch({ returning: again.view });
  await wait(20);
  expect(later.names).toEqual(["delta"]);
  good([again, later]);
  expect(shownBy(later)).toEqual(shown(world));
});

/** A second instance with a viewer, where nothing is known of what the first one shows by then. */
async function startElsewhere() {
  const { world, instance, sink } = await start();
  const other = world.instance();
  const staying = other.watch();
  await wait(20);
  for (let score = 2; score < 6; score++) instance.hears(world.post("a", score));
  await wait(300);
  sink.close();
  return { world, other, staying, returning: sink.view };
}

function madeUp({ view }: FakeSink, version: number): StreamView {
  if (!view.snapshot) throw new Error("nothing has been shown yet");
  return new StreamView({ ...view.snapshot, version });
}

test("who comes with news that has not been heard of here is not taken back", async () => {
  const { world, other, staying, returning } = await startElsewhere();
  const { version } = returning.position;
  const back = other.watch({ returning });
  await wait(300);
  expect([back.events[0]?.event, back.names]).toEqual(["heartbeat", []]);
  expect([back, staying].map((one) => one.view.position)).toEqual(Array(2).fill({ epoch: "e1", version }));
  good([back, staying]);
  expect(shownBy(staying)).toEqual(shown(world));
});

test("who comes with a version that the index has lost brings that to light", async () => {
  const { world, other, staying, returning } = await startElsewhere();
  world.goBack(2);
  const back = other.watch({ returning });
  await wait(300);
  expect(back.retries).toHaveLength(1);
  expect(back.seen("snapshot").map(({ id }) => id)).toEqual(["e2-1"]);
  expect([shownBy(back), shownBy(staying)]).toEqual([shown(world), shown(world)]);
  const alone = world.instance();
  Object.assign(world, { version: 9 });
  const late = alone.watch();
  await wait(20);
  late.close();
  world.goBack(3);
  const later = world.instance().watch({ returning: late.view });
  await wait(20);
  expect(later.seen("snapshot").map(({ id }) => id)).toEqual(["e3-1"]);
});

test("made-up versions change nothing, and have the stores compared once a second at most", async () => {
  const { world, instance, sink } = await start();
  await wait(1_000);
  const { questions } = world;
  const liars = [];
  for (let ms = 0; ms < 10_000; ms += 100) {
    for (let i = 0; i < 20; i++) liars.push(instance.watch({ returning: madeUp(sink, 1_000 + ms + i) }));
    await wait(100);
  }
  await wait(1_000);
  expect(world.audits).toBeGreaterThan(1);
  expect(world.audits).toBeLessThanOrEqual(11);
  // For each comparison itself, a look at the index after it, and the settings that it may have missed.
  expect(world.questions - questions).toBeLessThan(60);
  for (const liar of liars) expect(liar.seen("snapshot").map(({ id }) => id)).toEqual(["e1-2"]);
  expect([sink.seen("snapshot").length, sink.seen("delta").length]).toEqual([1, 0]);
});

test("a later version is looked for a second long and no longer", async () => {
  const { world, instance, sink } = await start();
  await wait(300);
  Object.assign(world, { delay: () => 60_000 });
  const liar = instance.watch({ returning: madeUp(sink, 1_000) });
  await wait(1_000);
  expect(liar.seen("snapshot").map(({ id }) => id)).toEqual(["e1-2"]);
});

test("while both stores are away the last view is served, and each failure behind it is reported", async () => {
  const { world, instance, sink } = await start();
  Object.assign(world, { indexAway: true, postgresAway: true });
  await wait(6_000);
  const late = instance.watch();
  await wait(300);
  expect(late.seen("snapshot")).toHaveLength(1);
  good([sink]);
  expect(instance.failedPositions).toContain("last known position served, marked stale");
  expect(instance.storageErrors.counts()).toMatchObject([{ component: "board pages" }]);
});

test("a change that no message told of is found by comparing, within five seconds", async () => {
  const { world, sink } = await start();
  world.post("a", 5);
  await wait(5_100);
  expect(shownBy(sink)).toEqual(shown(world));
});

test("switching to polling sends everyone away with what they have, and switching back works at once", async () => {
  const { world, instance, sinks } = await start({}, 3);
  instance.hears(world.change({ delivery: "polling" }));
  await wait(20);
  await wait(300);
  for (const sink of sinks) {
    expect([sink.view.bye, sink.closed, sink.lastEventId]).toEqual(["delivery-off", true, "e1-2"]);
  }
  instance.hears(world.change({ delivery: "sse" }));
  const again = instance.watch({ returning: (sinks[0] as FakeSink).view });
  await wait(20);
  expect(again.names).toEqual(["snapshot"]);
  instance.hears(world.post("a", 2));
  await wait(300);
  expect(shownBy(again)).toEqual(shown(world));
  good([...sinks, again]);
});

test("whoever comes while the channel still reads from before the switch is not sent away", async () => {
  const { world, instance, sink } = await start();
  instance.hears(world.change({ delivery: "polling" }));
  await wait(300);
  expect(sink.closed).toBe(true);
  instance.hears(world.post("a", 2));
  Object.assign(world, { delay: () => 20 });
  const early = instance.watch();
  // The page has been read by now, and is on its way.
  await wait(30);
  instance.hears(world.change({ delivery: "sse" }));
  const late = instance.watch();
  await wait(200);
  expect(late.view.bye).toBeNull();
  expect(shownBy(late)).toEqual(shown(world));
  good([early, late]);
});

test("other settings come as a snapshot, also to a viewer who returns", async () => {
  const { world, instance, sink } = await start();
  const left = instance.watch();
  await wait(20);
  left.close();
  instance.hears(world.post("a", 2));
  await wait(300);
  instance.hears(world.change({ name: "Another name" }));
  await wait(300);
  const again = instance.watch({ returning: left.view });
  await wait(20);
  expect(sink.names).toEqual(["snapshot", "delta", "snapshot"]);
  expect(again.names).toEqual(["snapshot"]);
  expect(sink.view.snapshot?.board.name).toBe("Another name");
});

test("settings that the index has not heard of come to every viewer, and once more when it has", async () => {
  const { world, instance, sink } = await start();
  const left = instance.watch();
  await wait(20);
  left.close();
  world.indexAway = true;
  world.changeUnheard({ name: "Renamed" });
  await wait(6_000);
  world.indexAway = false;
  await wait(6_000);
  expect(sink.view.position.epoch).toBe("e1");
  expect(sink.seen("snapshot").at(-1)?.data.board.name).toBe("Renamed");
  // The position is the same, the settings are not: whoever comes back with it may know the former ones.
  const again = instance.watch({ returning: left.view });
  await wait(20);
  expect(again.names).toEqual(["snapshot"]);
  instance.hears(world.swept());
  await wait(300);
  expect(again.names).toEqual(["snapshot", "snapshot"]);
  good([sink, again]);
});

test("while the index is away whoever comes back gets a snapshot, since positions say nothing of settings", async () => {
  const { world, instance, sink } = await start();
  world.indexAway = true;
  await wait(6_000);
  const left = instance.watch();
  await wait(20);
  left.close();
  world.change({ name: "Renamed" });
  await wait(6_000);
  const again = instance.watch({ returning: left.view });
  await wait(20);
  expect(again.names).toEqual(["snapshot"]);
  expect(again.view.snapshot?.board.name).toBe("Renamed");
  expect(sink.view.snapshot?.board.name).toBe("Renamed");
});

test("a deleted board sends its viewers away, and one made anew under its name starts with a snapshot", async () => {
  const { world, instance, sink } = await start();
  world.exists = false;
  instance.hears(null);
  await wait(20);
  expect([sink.view.bye, sink.closed]).toEqual(["delivery-off", true]);
  Object.assign(world, { exists: true, board: { ...world.board, uid: 2 } });
  world.rebuilt();
  const again = instance.watch({ returning: sink.view });
  await wait(20);
  expect(again.names).toEqual(["snapshot"]);
});

test("while the index is away streams go on from Postgres, and come back under the index's epoch", async () => {
  const { world, instance, sink } = await start();
  const stale = () => [sink.view.position.epoch, sink.view.snapshot?.stale === true];
  world.indexAway = true;
  await wait(6_000);
  expect(stale()).toEqual(["pg", true]);
  world.post("b", 7);
  await wait(6_000);
  expect(sink.seen("delta")).toHaveLength(1);
  expect(shownBy(sink)).toEqual(shown(world));
  world.indexAway = false;
  instance.hears(world.swept());
  await wait(6_000);
  expect(stale()).toEqual(["e1", false]);
  expect(shownBy(sink)).toEqual(shown(world));
  good([sink]);
});

test("two instances serve the same positions, and any of them takes up where another left off", async () => {
  const world = new World({ delay: () => 1 });
  world.post("a", 1);
  const [a, b] = [world.instance(), world.instance()] as [Instance, Instance];
  const tell = (position: Parameters<Instance["hears"]>[0]) => {
    for (const instance of [a, b]) instance.hears(position);
  };
  const [onA, onB] = [a.watch(), b.watch()];
  await wait(300);
  tell(world.post("b", 2));
  await wait(300);
  expect(shownBy(onA)).toEqual(shownBy(onB));
  onA.close();
  const moved = b.watch({ returning: onA.view });
  await wait(300);
  expect([moved.events[0]?.event, moved.names]).toEqual(["heartbeat", []]);
  moved.close();
  await wait(1_000);
  tell(world.post("c", 3));
  await wait(300);
  const movedAgain = b.watch({ returning: moved.view });
  await wait(300);
  expect(movedAgain.names).toEqual(["delta"]);
  expect(shownBy(movedAgain)).toEqual(shown(world));
});
