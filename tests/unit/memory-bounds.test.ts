import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createBoardInput } from "@/lib/domain/board";
import { rankInOrder } from "@/lib/domain/ranking";
import { BoardChannel } from "@/lib/live/board-channel";
import { Channels } from "@/lib/live/channels";
import { KeptBodies } from "@/lib/live/kept-bodies";
import { View } from "@/lib/live/view";
import { bytesMaxOf, bytesOf, connectionsMax } from "@/lib/memory-bounds";

const MiB = 1024 ** 2;
const encodings = ["br", "gzip", "identity"] as const;

/** A thousand places from `offset` on, as a reader of the store gives them. */
function page(offset: number) {
  const board = { uid: 1, revision: 1, ...createBoardInput.parse({ id: "b", name: "B" }) };
  const standings = Array.from({ length: 1_000 }, (_, i) => {
    const place = offset + i + 1;
    return { player: `player-${place}`, name: `Player ${place}`, values: [10 * place], reached: place };
  });
  const entries = rankInOrder("ordinal", standings, { position: offset + 1, rank: offset + 1 });
  return { board, epoch: "e", version: 1, revision: 1, total: 100_000, entries, stale: false };
}

test("what a page is counted for covers what it takes of memory in all encodings, and not more than twice that", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const taken = async () => {
    for (let time = 0; time < 3; time++) {
      collectGarbage();
      await setTimeout(20);
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const views: View[] = [];
  const make = async (number: number) => {
    const view = new View(page(1_000 * number), { offset: 1_000 * number, limit: 1_000 });
    for (const encoding of encodings) await view.encoded(encoding);
    views.push(view);
  };
  await make(0);
  const before = await taken();
  for (let number = 1; number <= 60; number++) await make(number);
  const really = (await taken()) - before;
  const counted = views.slice(1).reduce((sum, { bytes }) => sum + bytes, 0);
  expect(counted).toBeGreaterThan(really);
  expect(counted).toBeLessThan(2 * really);
});

test("a cache of replies stays within its bound, also when replies are compressed long after they were made", async () => {
  const bodies = new KeptBodies({ bytesMax: MiB });
  const text = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 100_003));
  const made = [];
  for (let i = 0; i < 20; i++) {
    made.push(await bodies.get(`${i}`, "", async () => `${i}${text}`));
    expect(bodies.bytes).toBeLessThanOrEqual(MiB);
  }
  const before = bodies.bytes;
  for (const body of made) {
    for (const encoding of encodings) await body.encoded(encoding);
    expect(bodies.bytes).toBeLessThanOrEqual(MiB);
  }
  expect(bodies.bytes).not.toBe(before);
});

test("boards that are streamed stay within their bound: those without viewers go first, and a newcomer is refused at last", () => {
  const source = {} as ConstructorParameters<typeof BoardChannel>[1];
  const sizes = new Map<string, number>();
  const create = (id: string) => {
    const channel = new BoardChannel(id, source, 250);
    Object.defineProperty(channel, "size", { get: () => sizes.get(id) ?? 0 });
    return channel;
  };
  const bytesEach = create("any").bytes;
  const channels = new Channels(create, 3 * bytesEach);
  for (const id of ["a", "b", "c"]) expect(channels.open(id)?.boardId).toBe(id);
  // Somebody may be about to join any of them.
  expect(channels.open("d")).toBeNull();
  sizes.set("a", 1);
  channels.trim(performance.now() + 11_000);
  expect([...channels.all()].map(({ boardId }) => boardId)).toEqual(["a", "c"]);
  expect(channels.open("d")?.boardId).toBe("d");
  expect(channels.open("a")?.boardId).toBe("a");
});

test("bounds are shares of a small heap, and fixed maxima with a large one", () => {
  expect(bytesMaxOf("views", 4_144 * MiB)).toBe(128 * MiB);
  expect(bytesMaxOf("views", 304 * MiB)).toBeLessThan(31 * MiB);
  expect(connectionsMax(304 * MiB) * 16 * 1024).toBeLessThanOrEqual(76 * MiB);
  expect(bytesOf({ a: ["x", 1, null] })).toBeGreaterThan(bytesOf({ a: ["x", 1] }));
  expect(bytesOf(Buffer.alloc(1_000))).toBeGreaterThan(1_000);
});
