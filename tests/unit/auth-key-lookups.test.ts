import { expect, test } from "vitest";
import type { StoredKey } from "@/db/queries/api-keys";
import { KeyLookups } from "@/lib/auth/key-lookups";

const keyOf = (id: string): StoredKey => ({ id, secretHash: "", scopes: [], boards: null });

/** Lookups whose reads are answered by hand. */
function startLookups() {
  const reads: { ids: string[]; answer(keys: StoredKey[]): void; fail(): void }[] = [];
  const lookups = new KeyLookups(
    (ids) =>
      new Promise((resolve, reject) =>
        reads.push({ ids, answer: resolve, fail: () => reject(new Error("no Postgres")) }),
      ),
  );
  return { lookups, reads };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("one read is under way at a time, of up to a hundred keys", async () => {
  const { lookups, reads } = startLookups();
  const first = lookups.find("first", "192.0.2.1");
  const rest = Array.from({ length: 150 }, (_, i) => lookups.find(`key-${i}`, `192.0.2.${i % 5}`));
  expect(reads.map(({ ids }) => ids)).toEqual([["first"]]);
  reads[0]?.answer([keyOf("first")]);
  expect(await first).toMatchObject({ id: "first" });
  await settled();
  expect(reads[1]?.ids).toHaveLength(100);
  reads[1]?.answer([keyOf("key-3")]);
  await settled();
  expect(reads[2]?.ids).toHaveLength(50);
  reads[2]?.answer([]);
  const found = await Promise.all(rest);
  expect(found.filter((key) => key !== null)).toEqual([keyOf("key-3")]);
});

test("addresses take turns: one lookup of somebody else goes with the next read, however many wait before it", async () => {
  const { lookups, reads } = startLookups();
  const flood = Array.from({ length: 640 }, (_, i) => lookups.find(`guess-${i}`, `198.51.100.${i % 10}`));
  const other = lookups.find("other", "192.0.2.1");
  reads[0]?.answer([]);
  await settled();
  expect(reads[1]?.ids).toContain("other");
  reads[1]?.answer([keyOf("other")]);
  expect(await other).toEqual(keyOf("other"));
  for (let read = 2; read < 8; read++) {
    await settled();
    reads[read]?.answer([]);
  }
  expect(await Promise.all(flood)).toEqual(flood.map(() => null));
});

test("of one address 64 lookups wait, of all 1,024; more are turned away", async () => {
  const { lookups, reads } = startLookups();
  const waiting = Array.from({ length: 65 }, (_, i) => lookups.find(`a-${i}`, "192.0.2.1"));
  await expect(lookups.find("b", "192.0.2.1")).rejects.toMatchObject({ code: "too-many-requests", retryAfter: 1 });
  for (let i = 64; i < 1_024; i++) waiting.push(lookups.find(`c-${i}`, `198.51.100.${i % 240}`));
  await expect(lookups.find("d", "203.0.113.1")).rejects.toMatchObject({ code: "too-many-requests", retryAfter: 1 });
  for (let read = 0; read < 12; read++) {
    reads[read]?.answer([]);
    await settled();
  }
  await Promise.all(waiting);
});

test("a read that failed fails those who waited for it, and no others", async () => {
  const { lookups, reads } = startLookups();
  const first = lookups.find("a", "192.0.2.1");
  const second = lookups.find("b", "192.0.2.1");
  reads[0]?.fail();
  await expect(first).rejects.toThrow("no Postgres");
  await settled();
  reads[1]?.answer([keyOf("b")]);
  expect(await second).toEqual(keyOf("b"));
});
