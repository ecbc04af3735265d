import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FakeSink } from "@/tests/support/fake-sink";
import { good, start, wait } from "@/tests/support/hub-stage";
import { shown, shownBy, World } from "@/tests/support/live-world";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a viewer is told at once when to come back, and then everything", async () => {
  const { world, sink } = await start();
  expect(sink.retries).toHaveLength(1);
  expect(sink.retries[0]).toBeGreaterThanOrEqual(1_000);
  expect(sink.retries[0]).toBeLessThanOrEqual(5_000);
  expect(sink.names).toEqual(["snapshot"]);
  expect(shownBy(sink)).toEqual(shown(world));
});

test("the first score after a pause goes out at once, a flood of them in steps of 250 ms", async () => {
  const { world, instance, sink } = await start();
  await wait(1_000);
  instance.hears(world.post("a", 2));
  await wait(20);
  expect(sink.seen("delta")).toHaveLength(1);
  for (let score = 3; score < 103; score++) {
    instance.hears(world.post("a", score));
    await wait(10);
  }
  await wait(260);
  expect(sink.seen("delta").length).toBeLessThanOrEqual(1 + 5);
  good([sink]);
  expect(shownBy(sink)).toEqual(shown(world));
});

test("every viewer is sent the very same bytes", async () => {
  const { world, instance, sinks } = await start({}, 10);
  instance.hears(world.post("a", 2));
  await wait(300);
  const isState = (frame: Buffer) => /^event: (snapshot|delta)$/m.test(frame.toString());
  const frames = new Set(sinks.flatMap((sink) => sink.frames.filter(isState)));
  // One snapshot and one delta, shared by ten.
  expect(frames.size).toBe(2);
});

test("each viewer gets a heartbeat every 5 seconds, each at its own time", async () => {
  const { world, instance, sinks } = await start({}, 60);
  const beats = sinks.map(() => [] as number[]);
  const before = sinks.map((sink) => sink.seen("heartbeat").length);
  for (let s = 0; s < 15; s += 0.25) {
    await wait(250);
    for (const [i, sink] of sinks.entries()) {
      const count = sink.seen("heartbeat").length - (before[i] ?? 0);
      if (count > (beats[i]?.length ?? 0)) beats[i]?.push(s);
    }
  }
  for (const [first = -1, second = -1, third = -1, ...more] of beats) {
    expect([second - first, third - second, more]).toEqual([5, 5, []]);
  }
  expect(new Set(beats.map(([first]) => first)).size).toBeGreaterThan(8);
  const last = () => sinks[0]?.seen("heartbeat").at(-1);
  expect(last()).toMatchObject({ data: { epoch: "e1", version: 2 }, id: null });
  instance.hears(world.post("a", 2));
  await wait(5_000);
  expect(last()?.data).toEqual({ epoch: "e1", version: 3 });
  good(sinks);
});

test("comparing costs one question for all boards, and none for boards nobody watches", async () => {
  const { world, sinks } = await start({}, 5);
  const { questions } = world;
  await wait(5_100);
  expect(world.questions - questions).toBe(1);
  for (const sink of sinks) sink.close();
  await wait(60_000);
  expect(world.questions - questions).toBe(1);
});

test("a reader who stops reading delays nobody, starts afresh when it reads again, and is cut after ten seconds", async () => {
  const { world, instance, hub, sinks } = await start({}, 3);
  const [reading, pausing, stalled] = sinks as [FakeSink, FakeSink, FakeSink];
  await wait(1_000);
  for (const one of [pausing, stalled]) one.fill();
  for (let score = 2; score < 6; score++) {
    instance.hears(world.post("a", score));
    await wait(300);
    expect(shownBy(reading)).toEqual(shown(world));
  }
  pausing.drain();
  const states = pausing.names;
  expect(states).toEqual(["snapshot", "snapshot"]);
  expect(shownBy(pausing)).toEqual(shown(world));
  expect(stalled.closed).toBe(false);
  await wait(11_000);
  expect(stalled.closed).toBe(true);
  expect([hub.viewers, hub.viewersOf("b")]).toEqual([2, 2]);
  good(sinks);
});

test("a reader with too much unread is cut within a second", async () => {
  const { sink, hub } = await start({ bufferedBytesMax: 1_000 });
  sink.fill();
  sink.bufferedBytes = 1_001;
  await wait(1_100);
  expect([sink.closed, hub.viewers]).toEqual([true, 0]);
});

test("a connection at the end of its life is asked to come back, not all at the same time", async () => {
  const { sinks, hub } = await start({ connectionLifeMs: 600_000 }, 40);
  await wait(479_000);
  expect(sinks.filter((sink) => sink.closed)).toEqual([]);
  await wait(60_000);
  const early = sinks.filter((sink) => sink.closed).length;
  expect(early).toBeGreaterThan(5);
  expect(early).toBeLessThan(35);
  await wait(80_000);
  for (const sink of sinks) {
    expect(sink.view.bye).toBe("rotating");
    expect(sink.retries).toHaveLength(2);
  }
  expect(hub.viewers).toBe(0);
  good(sinks);
});

test("an instance that is full, or going down, asks to come back later and ends", async () => {
  const { instance, hub } = await start({ viewersMax: 1 });
  const refused = (reason: string, [min, max]: [number, number]) => {
    const sink = instance.watch();
    expect([sink.ended, sink.events.map(({ event, data }) => [event, data])]).toEqual([true, [["bye", { reason }]]]);
    expect(sink.retries[0]).toBeGreaterThanOrEqual(min);
    expect(sink.retries[0]).toBeLessThanOrEqual(max);
  };
  refused("full", [15_000, 45_000]);
  expect(hub.viewers).toBe(1);
  hub.drain();
  refused("draining", [0, 15_000]);
});

test("one address takes its share of the seats and no more; who leaves makes room", async () => {
  const { instance, hub } = await start({ viewersPerAddressMax: 2 });
  const before = hub.viewers;
  const seated = [1, 2].map(() => instance.watch({ address: "203.0.113.7" }));
  expect(instance.watch({ address: "203.0.113.7" }).ended).toBe(true);
  expect(instance.watch({ address: "203.0.113.8" }).ended).toBe(false);
  expect(hub.viewers).toBe(before + 3);
  seated[0]?.close();
  expect(instance.watch({ address: "203.0.113.7" }).ended).toBe(false);
});

test("draining says goodbye to everyone, each with a time of its own, and leaves nothing running", async () => {
  const { world, instance, hub, sinks } = await start({}, 50);
  instance.hears(world.post("a", 2));
  hub.drain();
  for (const sink of sinks) expect([sink.view.bye, sink.ended]).toEqual(["draining", true]);
  const retries = sinks.map((sink) => sink.retries[1] ?? -1);
  expect(Math.min(...retries)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...retries)).toBeLessThanOrEqual(15_000);
  expect(new Set(retries).size).toBeGreaterThan(40);
  for (const sink of sinks) expect(sink.lastEventId).toBe("e1-2");
  await wait(10);
  instance.hears(world.post("a", 3));
  await wait(10);
  expect([hub.viewers, hub.viewersOf("b"), vi.getTimerCount()]).toEqual([0, 0, 0]);
  hub.drain();
  good(sinks);
});

test("draining does not forget who has only just come and still waits for the board", async () => {
  const { world, instance, hub } = await start({}, 0);
  const arriving = instance.watch({ player: "a" });
  instance.hears(world.post("a", 2));
  hub.drain();
  expect([arriving.view.bye, arriving.ended, arriving.lastEventId]).toEqual(["draining", true, ""]);
  await wait(300);
  expect([hub.viewersOf("b"), arriving.events.length, vi.getTimerCount()]).toEqual([0, 1, 0]);
});

test("a viewer who leaves while still on the way in is not counted", async () => {
  const { world, hub, instance, sink } = await start();
  sink.close();
  const arriving = instance.watch({ player: "a" });
  arriving.close();
  await wait(50);
  expect([hub.viewers, hub.viewersOf("b")]).toEqual([0, 0]);
  const { questions } = world;
  await wait(30_000);
  expect(world.questions).toBe(questions);
});

test("a stream whose board cannot be read ends, to be tried again", async () => {
  const world = new World();
  world.postgresAway = true;
  const sink = world.instance().watch();
  await wait(10);
  expect([sink.closed, sink.view.bye]).toEqual([true, "unavailable"]);
});

test("a board nobody watched for two minutes is forgotten, but not while somebody is coming", async () => {
  const { world, instance, sink } = await start();
  sink.close();
  await wait(119_000);
  world.post("a", 2);
  const slow = new World({ delay: () => 2_000 });
  Object.assign(world, { delay: slow.delay });
  const arriving = instance.watch();
  await wait(10_000);
  Object.assign(world, { delay: () => 1 });
  instance.hears(world.post("a", 3));
  await wait(300);
  expect(shownBy(arriving)).toEqual(shown(world));
});

test("a wall clock that is set back, or ahead, holds nothing up", async () => {
  const { world, instance, sink } = await start();
  for (const [i, stepMs] of [-600_000, 1_200_000].entries()) {
    vi.setSystemTime(Date.now() + stepMs);
    instance.hears(world.post("a", 2 + i));
    await wait(300);
    expect(shownBy(sink)).toEqual(shown(world));
  }
  expect(sink.seen("bye")).toEqual([]);
  good([sink]);
});
