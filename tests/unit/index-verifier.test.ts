import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IndexVerifier } from "@/lib/live/index-verifier";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Audits that take `auditMs` and verify what they were asked about, or fail. */
function start(auditMs = 10) {
  const audits: number[][] = [];
  const store = { lost: 0, failing: false };
  const verifier: IndexVerifier = new IndexVerifier({
    async audit(uids) {
      audits.push([...uids]);
      const { lost } = store;
      await new Promise((resolve) => setTimeout(resolve, auditMs));
      if (store.failing) throw new Error("Postgres away");
      verifier.noteVerified(uids, lost);
    },
    shardOf: () => "",
    connectionsLost: () => store.lost,
  });
  const ensure = async (uid: number) => {
    const done = verifier.ensureVerified(uid);
    await vi.advanceTimersByTimeAsync(auditMs);
    return done;
  };
  return { verifier, audits, store, ensure };
}

test("a board is compared before it is read, and again when that was long ago or a connection was lost", async () => {
  const { audits, store, ensure } = start();
  await ensure(1);
  await ensure(1);
  expect(audits).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(6_001);
  await ensure(1);
  expect(audits).toEqual([[1], [1]]);
  store.lost++;
  await ensure(1);
  await ensure(1);
  expect(audits).toEqual([[1], [1], [1]]);
});

test("boards that are read in the same turn share one audit", async () => {
  const { verifier, audits } = start();
  const all = Promise.all([3, 1, 2, 3].map((uid) => verifier.ensureVerified(uid)));
  await vi.advanceTimersByTimeAsync(10);
  await all;
  expect(audits).toEqual([[3, 1, 2]]);
});

test("an audit that hangs holds one read up for a second, and no other read, and nothing counts as compared", async () => {
  const { verifier, audits } = start(60_000);
  const first = verifier.ensureVerified(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await verifier.ensureVerified(1)).toBe(false);
  await vi.advanceTimersByTimeAsync(999);
  expect(await first).toBe(false);
  expect(audits).toHaveLength(1);
});

test("while an audit hangs, a board counts as compared that was so on the same connections; it waits for 300 ms", async () => {
  const { verifier, store, ensure } = start(400);
  expect(await ensure(1)).toBe(true);
  await vi.advanceTimersByTimeAsync(6_001);
  const late = verifier.ensureVerified(1);
  await vi.advanceTimersByTimeAsync(300);
  expect(await late).toBe(true);
  store.lost++;
  expect(await verifier.ensureVerified(1)).toBe(false);
});

test("an audit that began before a connection ended does not count as one after it", async () => {
  const { verifier, audits, store, ensure } = start();
  const early = verifier.ensureVerified(1);
  await vi.advanceTimersByTimeAsync(5);
  store.lost++;
  await vi.advanceTimersByTimeAsync(5);
  expect(await early).toBe(false);
  expect(await ensure(1)).toBe(true);
  expect(audits).toEqual([[1], [1]]);
});

test("a failed audit fails no read, and the next read repeats it", async () => {
  const { audits, store, ensure } = start();
  store.failing = true;
  await ensure(1);
  store.failing = false;
  await ensure(1);
  await ensure(1);
  expect(audits).toEqual([[1], [1]]);
});
