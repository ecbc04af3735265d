import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FakeSink } from "@/tests/support/fake-sink";
import { World } from "@/tests/support/live-world";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A board of `players` players with scores 1, 2, 3, ..., of whom the lowest is watched. */
async function start(players = 150) {
  const world = new World({ delay: () => 1 });
  for (let i = 1; i <= players; i++) world.post(`p${i}`, i);
  const instance = world.instance();
  const watch = async (player = "p1") => {
    const sink = instance.watch({ player });
    await wait(20);
    return sink;
  };
  const sink = await watch();
  const post = (player: string, score: number) => instance.hears(world.post(player, score));
  await wait(3_000);
  return { world, instance, sink, watch, post };
}

const positions = (sink: FakeSink) => sink.seen("standing").map(({ data }) => data.entry.position);

test("a watched player's standing is told at once, in the top 100 or below it", async () => {
  const { sink, watch } = await start();
  expect(positions(sink)).toEqual([150]);
  expect(sink.seen("standing")[0]?.data).toEqual({
    entry: { rank: 150, position: 150, player: "p1", name: "p1", score: 1, tiebreaks: [] },
    total: 150,
  });
  expect(positions(await watch("p150"))).toEqual([1]);
  expect(sink.view.snapshot?.entries).toHaveLength(100);
});

test("it is told again when it changed, also by others alone, and not when it did not", async () => {
  const { sink, post } = await start();
  post("p150", 151);
  await wait(3_000);
  expect(positions(sink)).toEqual([150]);
  post("q", 1_000);
  await wait(3_000);
  expect(positions(sink)).toEqual([150, 151]);
});

test("however fast the board moves it is told at most every two seconds, and the last word is the present one", async () => {
  const { world, sink, post } = await start(3);
  const times: number[] = [];
  let told = sink.seen("standing").length;
  for (let score = 2; score < 200; score++) {
    post("p1", score);
    await wait(50);
    if (sink.seen("standing").length > told) times.push(Date.now());
    told = sink.seen("standing").length;
  }
  await wait(2_500);
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  expect(times.length).toBeGreaterThanOrEqual(4);
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1_950);
  expect(sink.seen("standing").at(-1)?.data.entry.score).toBe(199);
  expect(world.standings.get("p1")?.values).toEqual([199]);
});

test("one who came just before a change is not told twice within two seconds, but is told", async () => {
  const { watch, post } = await start(3);
  const sink = await watch("p2");
  post("p2", 50);
  await wait(1_900);
  expect(positions(sink)).toEqual([2]);
  await wait(2_300);
  expect(positions(sink)).toEqual([2, 1]);
});

test("its id is the stream's own position, even when the standing is newer than that", async () => {
  const { world, sink, watch } = await start(3);
  world.post("p1", 70);
  const late = await watch("p1");
  const other = await watch("p2");
  for (const one of [sink, late, other]) {
    if (one.failure) throw one.failure;
    expect(one.lastEventId).toBe("e1-4");
  }
  expect(other.seen("standing")[0]?.data.entry.position).toBe(3);
});

test("a player is read once for all who watch it", async () => {
  const { instance, watch, post } = await start(3);
  for (let i = 0; i < 9; i++) await watch();
  expect(instance.standingReads.total).toBe(1);
  post("p1", 70);
  await wait(3_000);
  expect(instance.standingReads.total).toBe(2);
});

test("a player without a score is told of with the first one", async () => {
  const { watch, post } = await start(3);
  const sink = await watch("nobody");
  expect(sink.seen("standing")).toEqual([]);
  post("nobody", 2);
  await wait(4_500);
  expect(positions(sink)).toEqual([3]);
});

test("a standing that could not be read is read again, though the board rests, and no other is", async () => {
  const { world, instance, watch } = await start(3);
  const { page } = world;
  world.page = () => {
    throw new Error("no answer");
  };
  const sink = await watch("p3");
  expect(sink.seen("standing")).toEqual([]);
  world.page = page;
  instance.standingReads.total = 0;
  await wait(2_500);
  expect(positions(sink)).toEqual([1]);
  await wait(10_000);
  expect(instance.standingReads.total).toBe(1);
});

test("however many players are watched, no more than 32 are read at once", async () => {
  const { instance, post } = await start(100);
  for (let i = 2; i <= 100; i++) instance.watch({ player: `p${i}` });
  await wait(3_000);
  Object.assign(instance.standingReads, { total: 0, most: 0 });
  post("q", 5_000);
  await wait(3_000);
  expect(instance.standingReads).toEqual({ total: 100, now: 0, most: 32 });
});

test("a viewer who fell behind is told the standing again, with the snapshot that catches it up", async () => {
  const { sink, post } = await start(3);
  sink.fill();
  post("p1", 90);
  await wait(4_500);
  sink.drain();
  expect(sink.names.slice(-2)).toEqual(["snapshot", "standing"]);
  expect(positions(sink).at(-1)).toBe(1);
  if (sink.failure) throw sink.failure;
});
