import { expect, test } from "vitest";
import type { StoredKey } from "@/db/queries/api-keys";
import { createKeyCache } from "@/lib/auth/key-cache";

const key: StoredKey = { id: "a", secretHash: "", scopes: ["scores:write"], boards: null };

/** A cache on a clock and reads that are answered by hand. */
function startCache() {
  const clock = { ms: 0 };
  const reads: { id: string; answer(key: StoredKey | null): void; fail(): void }[] = [];
  const cache = createKeyCache(
    (id) =>
      new Promise((resolve, reject) =>
        reads.push({ id, answer: resolve, fail: () => reject(new Error("no Postgres")) }),
      ),
    () => clock.ms,
  );
  return { cache, clock, reads };
}

test("a key is believed for 800 ms, counted from before the read, however long the read took", async () => {
  const { cache, clock, reads } = startCache();
  const first = cache.find("a");
  clock.ms = 700;
  reads[0]?.answer(key);
  expect(await first).toBe(key);
  clock.ms = 799;
  expect(await cache.find("a")).toBe(key);
  expect(reads).toHaveLength(1);
  clock.ms = 800;
  const second = cache.find("a");
  expect(reads).toHaveLength(2);
  reads[1]?.answer(null);
  expect(await second).toBeNull();
});

test("an unknown key is remembered as long, and apart from the known ones", async () => {
  const { cache, clock, reads } = startCache();
  const first = cache.find("nobody");
  reads[0]?.answer(null);
  expect(await first).toBeNull();
  clock.ms = 799;
  expect(await cache.find("nobody")).toBeNull();
  expect(reads).toHaveLength(1);
});

test("everyone who asks for a key at once shares one read", async () => {
  const { cache, reads } = startCache();
  const answers = Promise.all([cache.find("a"), cache.find("a"), cache.find("a")]);
  expect(reads).toHaveLength(1);
  reads[0]?.answer(key);
  expect(await answers).toEqual([key, key, key]);
});

test("nobody joins a read that began 800 ms ago, and its late answer is not kept", async () => {
  const { cache, clock, reads } = startCache();
  const slow = cache.find("a");
  clock.ms = 800;
  const fresh = cache.find("a");
  expect(reads).toHaveLength(2);
  reads[1]?.answer(null);
  expect(await fresh).toBeNull();
  reads[0]?.answer(key);
  expect(await slow).toBe(key);
  expect(await cache.find("a")).toBeNull();
});

test("a key forgotten during a read is asked for again", async () => {
  const { cache, reads } = startCache();
  const before = cache.find("a");
  cache.forget("a");
  reads[0]?.answer(key);
  await before;
  const after = cache.find("a");
  expect(reads).toHaveLength(2);
  reads[1]?.answer(null);
  expect(await after).toBeNull();
});

test("a read that failed is not remembered", async () => {
  const { cache, reads } = startCache();
  const first = cache.find("a");
  reads[0]?.fail();
  await expect(first).rejects.toThrow("no Postgres");
  const second = cache.find("a");
  reads[1]?.answer(key);
  expect(await second).toBe(key);
});

test("ten thousand guessed ids do not push a good key out", async () => {
  const { cache, reads } = startCache();
  const good = cache.find("a");
  reads[0]?.answer(key);
  await good;
  for (let guess = 0; guess < 10_001; guess++) {
    const guessed = cache.find(`guess-${guess}`);
    reads.at(-1)?.answer(null);
    await guessed;
  }
  const reading = reads.length;
  expect(await cache.find("a")).toBe(key);
  expect(reads).toHaveLength(reading);
});

test("a key that was good is read at once, any other as the caller says", async () => {
  const { cache, clock, reads } = startCache();
  const lookedUp: string[] = [];
  const lookUp = async (id: string) => {
    lookedUp.push(id);
    return id === "a" ? key : null;
  };
  expect(await cache.find("a", lookUp)).toBe(key);
  expect(await cache.find("b", lookUp)).toBeNull();
  clock.ms = 800;
  const again = cache.find("a", lookUp);
  reads[0]?.answer(key);
  expect(await again).toBe(key);
  expect(await cache.find("b", lookUp)).toBeNull();
  expect(lookedUp).toEqual(["a", "b", "b"]);
});
