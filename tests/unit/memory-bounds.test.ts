import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { ClientAddresses } from "@/lib/auth/client-address";
import { createKeyCache } from "@/lib/auth/key-cache";
import { createBoardInput } from "@/lib/domain/board";
import { rankInOrder } from "@/lib/domain/ranking";
import { Acknowledgements } from "@/lib/live/acknowledgements";
import { Activity } from "@/lib/live/activity";
import { BoardChannel } from "@/lib/live/board-channel";
import { Channels } from "@/lib/live/channels";
import { IndexVerifier } from "@/lib/live/index-verifier";
import { KeptBodies } from "@/lib/live/kept-bodies";
import { View } from "@/lib/live/view";
import { bytesMaxOf, bytesOf, connectionsMax } from "@/lib/memory-bounds";
import { ReadGate, readLimits } from "@/lib/read-gate/read-gate";
import { silentLog } from "@/tests/support/silent-log";

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

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** What the process has in use. */
async function taken(): Promise<number> {
  for (let time = 0; time < 3; time++) {
    collectGarbage();
    await setTimeout(20);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("what a page is counted for covers what it takes of memory in all encodings, and not more than twice that", async () => {
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

const written = (i: number, length: number) => `${i}-`.padEnd(length, "x");
const storedKey = { secretHash: "f".repeat(64), scopes: ["scores:write" as const] };
const everyBudget = { msPerS: 1, burstMs: 1, debtMsMax: 1 };
const addressOf = (i: number) => `2001:db8:${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}:ffff:ffff:ffff:ffff`;

/** Each with more than it has room for, of the largest kind. */
const smallCaches: [Parameters<typeof bytesMaxOf>[0], () => Promise<{ bytes: () => number }>][] = [
  [
    "apiKeys",
    async () => {
      const boards = Array.from({ length: 100 }, (_, i) => written(i, 63));
      const read = async (id: string) => (/^[0-9]*0-/.test(id) ? { ...storedKey, id, boards: [...boards] } : null);
      const cache = createKeyCache(read);
      for (let i = 0; i < 60_000; i++) await cache.find(written(i, 12));
      return cache;
    },
  ],
  [
    "clientAddresses",
    async () => {
      const addresses = new ClientAddresses([], silentLog().logger);
      const request = (i: number) => ({
        headers: { "x-forwarded-for": addressOf(i).padEnd(80, " ") },
        socket: { remoteAddress: addressOf(i) },
      });
      for (let i = 0; i < 40_000; i++) addresses.of(request(i) as never);
      return { bytes: () => addresses.bytes };
    },
  ],
  [
    "readBudgets",
    async () => {
      const limits = { ...readLimits({ readPercent: 100, readPercentPerAddress: 100, readBurstSeconds: 60 }) };
      const gate = new ReadGate({
        ...limits,
        perClient: everyBudget,
        all: { msPerS: 1e6, burstMs: 1e9, debtMsMax: 1 },
      });
      for (let i = 0; i < 40_000; i++) await gate.run(addressOf(i), "player", async () => undefined);
      return { bytes: () => gate.bytes };
    },
  ],
  [
    "acknowledgements",
    async () => {
      const acknowledgements = new Acknowledgements();
      for (let uid = 0; uid < 3_000; uid++) {
        for (let version = 1; version < 500; version++) {
          acknowledgements.moved(uid, { epoch: written(uid, 12), version }, version + 0.5);
        }
      }
      for (let time = 0; time < 60_000; time += 5_000) {
        for (let uid = 0; uid < 3_000; uid++) acknowledgements.upToDate(written(uid, 63), time);
      }
      return { bytes: () => acknowledgements.bytes };
    },
  ],
  [
    "activity",
    async () => {
      const activity = new Activity();
      const start = performance.now();
      for (const age of [0, 5_001]) {
        for (let i = 0; i < 40_000; i++) activity.polled(written(i + age, 63), start + age);
      }
      return { bytes: () => activity.bytes };
    },
  ],
  [
    "verifications",
    async () => {
      const source = { audit: async () => undefined, shardOf: () => "", connectionsLost: () => 0 };
      const verifier = new IndexVerifier(source);
      for (let uid = 0; uid < 60_000; uid++) verifier.noteVerified([uid], uid);
      return { bytes: () => verifier.bytes };
    },
  ],
];

test.each(smallCaches)(
  "the cache for %s stays within its bound, and counts at least what it takes",
  async (bound, fill) => {
    const before = await taken();
    const cache = await fill();
    const really = (await taken()) - before;
    expect(cache.bytes()).toBeLessThanOrEqual(bytesMaxOf(bound));
    expect(cache.bytes()).toBeGreaterThan(0.9 * bytesMaxOf(bound));
    expect(really).toBeLessThan(cache.bytes());
  },
);

test("bounds are shares of a small heap, and fixed maxima with a large one", () => {
  expect(bytesMaxOf("views", 4_144 * MiB)).toBe(128 * MiB);
  expect(bytesMaxOf("views", 304 * MiB)).toBeLessThan(31 * MiB);
  expect(connectionsMax(304 * MiB) * 16 * 1024).toBeLessThanOrEqual(76 * MiB);
  expect(bytesOf({ a: ["x", 1, null] })).toBeGreaterThan(bytesOf({ a: ["x", 1] }));
  expect(bytesOf(Buffer.alloc(1_000))).toBeGreaterThan(1_000);
});
