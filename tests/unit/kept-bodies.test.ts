import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { KeptBodies } from "@/lib/live/kept-bodies";

const pass = (ms: number) => vi.advanceTimersByTime(ms);

let bodies: KeptBodies;
let made: number;

/** What takes so long by the clock. */
const taking = (ms: number) => async () => {
  pass(ms);
  return `{"made":${++made}}`;
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  bodies = new KeptBodies({ bytesMax: 1024 ** 2 });
  made = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

test("those who ask at once share the work, and those who ask next too, for some seconds without a change", async () => {
  const all = await Promise.all([1, 2, 3].map(() => bodies.get("a", "e-1", taking(1))));
  expect(new Set(all).size).toBe(1);
  pass(4_900);
  expect(await bodies.get("a", "e-1", taking(1))).toBe(all[0]);
  expect((await bodies.get("b", "e-1", taking(1))).text).toBe('{"made":2}');
  pass(200);
  expect(await bodies.get("a", "e-1", taking(1))).not.toBe(all[0]);
});

test("while a board changes a reply is made anew at most a tenth of the time", async () => {
  const first = await bodies.get("a", "e-1", taking(70));
  pass(690);
  expect(await bodies.get("a", "e-2", taking(70))).toBe(first);
  pass(20);
  const second = await bodies.get("a", "e-2", taking(70));
  expect(second).not.toBe(first);
  const quick = await bodies.get("b", "e-1", taking(0));
  expect(await bodies.get("b", "e-2", taking(0))).not.toBe(quick);
});

test("the tag is that of the bytes", async () => {
  const [a, b, c] = await Promise.all(["1", "1", "2"].map((text, i) => bodies.get(`${i}`, "", async () => text)));
  expect(a?.etag).toMatch(/^W\/"[\w-]{27}"$/);
  expect([b?.etag === a?.etag, c?.etag === a?.etag]).toEqual([true, false]);
});

test("a failure is told to all who wait, and not kept", async () => {
  const fail = async () => {
    throw new Error("away");
  };
  const told = await Promise.allSettled([bodies.get("a", "", fail), bodies.get("a", "", fail)]);
  expect(told.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect((await bodies.get("a", "", async () => "back")).text).toBe("back");
});
