/** Readers who stop reading, connections that grow old, instances that are full: over real sockets, both ways of carrying a stream. */
import { afterEach, expect, test, vi } from "vitest";
import type { HubOptions } from "@/lib/live/hub";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type Streams, streamsOf } from "@/tests/support/sse-client";

let api: ApiServer;
let streams: Streams;

afterEach(async () => {
  vi.restoreAllMocks();
  streams.close();
  await api.close();
});

async function start(hub: HubOptions): Promise<string> {
  api = await startApi({ hub });
  streams = streamsOf(api.port);
  return api.newBoard({ delivery: "sse" });
}

const post = async (board: string, scores: unknown[]): Promise<number> =>
  (await api.score(board, { scores })).json().version;

const id = (i: number) => `${"\u{1f3c5}".repeat(124)}${i}`;

/** About 130 kB each time it is posted. */
const bulky = (round: number) =>
  Array.from({ length: 100 }, (_, i) => ({ player: id(i), name: `${"\u{1f3c6}".repeat(124)}${round}`, score: i }));

/** An address that the listener hands to the route, which answers with a web stream, as under Next. */
const asWebStream = (board: string) => `%${board.charCodeAt(0).toString(16)}${board.slice(1)}`;

/** Posts until `done`; the loopback connection takes megabytes before it is full. */
async function flood(board: string, done: (version: number) => boolean): Promise<number> {
  for (let round = 0; round < 400; round++) {
    const version = await post(board, bulky(round));
    if (done(version)) return version;
  }
  throw new Error("400 rounds were not enough");
}

const ways = [
  ["on the socket", (board: string) => board],
  ["as a web stream", asWebStream],
] as const;

test.each(ways)("a reader who stops reading is cut without delaying others: %s", async (_, address) => {
  // What carries web streams outside Next says so when one is cut.
  vi.spyOn(console, "error").mockReturnValue(undefined);
  const board = await start({ coalesceMs: 1, undrainedMsMax: 1_500 });
  const reading = await streams.watch(address(board));
  const stalled = await streams.watch(address(board));
  await Promise.all([reading.next("snapshot"), stalled.next("snapshot")]);
  stalled.pause();
  const { hub } = api.services;
  const version = await flood(board, () => hub.viewersOf(board) === 1);
  await reading.reaches(version);
  expect(reading.view.seen.snapshot).toBe(1);
  stalled.resume();
  await stalled.ended;
  expect(stalled.view.position.version).toBeLessThan(version);
  const back = await streams.comeBack(address(board), stalled);
  expect((await back.reaches(version)).entries).toEqual(reading.view.snapshot?.entries);
});

test.each(ways)("a reader who reads again in time gets a snapshot, and goes on from there: %s", async (_, address) => {
  const board = await start({ coalesceMs: 1, bufferedBytesMax: 8_000_000, undrainedMsMax: 60_000 });
  const reading = await streams.watch(address(board));
  const pausing = await streams.watch(address(board));
  await Promise.all([reading.next("snapshot"), pausing.next("snapshot")]);
  pausing.pause();
  // What it has been sent is more than ten megabytes, beyond what any connection holds.
  await flood(board, () => reading.bytes().length > 12_000_000);
  const version = await post(board, [{ player: id(0), score: 5_000 }]);
  await reading.reaches(version);
  pausing.resume();
  expect((await pausing.reaches(version, 10_000)).entries).toEqual(reading.view.snapshot?.entries);
  expect(pausing.view.seen.snapshot).toBe(2);
  expect(pausing.bytes().length).toBeLessThan(reading.bytes().length);
  const later = await post(board, [{ player: id(0), score: 6_000 }]);
  await pausing.reaches(later);
  expect(pausing.view.seen.snapshot).toBe(2);
});

test.each(ways)(
  "a snapshot larger than the connection's buffer comes once, also with a watched player: %s",
  async (_, address) => {
    const board = await start({});
    await post(board, bulky(1));
    const stream = await streams.watch(address(board), { query: { player: id(5) } });
    await stream.next("standing");
    const again = await streams.watch(address(board), { query: { player: id(5) } });
    await again.next("standing");
    await post(board, bulky(2));
    await Promise.all([stream.next("delta"), again.next("delta")]);
    for (const one of [stream, again]) expect(one.view.seen).toMatchObject({ snapshot: 1, delta: 1 });
  },
);

test.each(ways)(
  "a connection at the end of its life says when to come back, and is resumed: %s",
  async (_, address) => {
    const board = await start({ connectionLifeMs: 300, heartbeatMs: 1_000 });
    await post(board, [{ player: "p", score: 1 }]);
    const stream = await streams.watch(address(board));
    expect((await stream.next("bye", 3_000)).data).toEqual({ reason: "rotating" });
    await stream.ended;
    expect(stream.retries).toHaveLength(2);
    expect(stream.lastEventId()).toBe(`${stream.view.position.epoch}-${stream.view.position.version}`);
    const back = await streams.comeBack(address(board), stream);
    await back.next("heartbeat");
    expect(back.view.seen.snapshot).toBe(0);
  },
);

test.each(ways)(
  "an instance that is full, or going down, answers 200 with a later retry, and ends: %s",
  async (_, address) => {
    const board = await start({ viewersMax: 1 });
    const first = await streams.watch(address(board));
    await first.next("snapshot");
    const refused = async (reason: string, retry: RegExp) => {
      const stream = await streams.watch(address(board));
      await stream.ended;
      expect([stream.status, stream.events.map(({ event }) => event)]).toEqual([200, ["bye"]]);
      const [first = "", ...rest] = stream.bytes().toString().split("\n");
      expect(first).toMatch(retry);
      expect(rest.join("\n")).toBe(`event: bye\ndata: {"reason":"${reason}"}\n\n`);
    };
    await refused("full", /^retry: (1[5-9]|[234]\d)\d{3}$/);
    api.services.drain();
    expect((await first.next("bye")).data).toEqual({ reason: "draining" });
    await first.ended;
    await refused("draining", /^retry: (\d{1,4}|1[0-5]\d{3})$/);
  },
);

test.each(ways)("a viewer who goes away is forgotten: %s", async (_, address) => {
  const board = await start({});
  const stream = await streams.watch(address(board), { query: { player: "p1" } });
  await stream.next("snapshot");
  stream.close();
  await expect.poll(() => api.services.hub.viewers, { timeout: 2_000 }).toBe(0);
});
