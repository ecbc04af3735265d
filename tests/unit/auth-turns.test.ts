import { expect, test } from "vitest";
import { Turns } from "@/lib/auth/turns";

/** Tasks that end by hand. */
function startTurns(limits = { running: 2, waiting: 64, waitingEach: 4 }) {
  const turns = new Turns(limits);
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const run = (caller: string) =>
    turns.run(caller, () => {
      started.push(caller);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const endNext = async () => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { run, started, endNext };
}

test("forty tasks from one address hold up nobody else for more than those that run", async () => {
  const { run, started, endNext } = startTurns();
  const flood = Promise.allSettled(Array.from({ length: 40 }, () => run("flood")));
  const other = run("other");
  await endNext();
  await endNext();
  expect(started).toEqual(["flood", "flood", "flood", "other"]);
  for (let i = 0; i < 5; i++) await endNext();
  await other;
  const refused = (await flood).flatMap((end) => (end.status === "rejected" ? [end.reason.code] : []));
  expect(refused).toEqual(Array.from({ length: 34 }, () => "unavailable"));
});

test("callers take turns in the order in which they came", async () => {
  const { run, started, endNext } = startTurns({ running: 1, waiting: 9, waitingEach: 4 });
  const all = Promise.all(["a", "a", "a", "b", "b", "c"].map(run));
  for (let i = 0; i < 6; i++) await endNext();
  await all;
  expect(started).toEqual(["a", "a", "b", "c", "a", "b"]);
});

test("a task that fails gives its place to the next", async () => {
  const turns = new Turns({ running: 1, waiting: 1, waitingEach: 1 });
  const failing = turns.run("a", () => Promise.reject(new Error("no")));
  const next = turns.run("b", async () => "done");
  await expect(turns.run("c", async () => "never")).rejects.toMatchObject({ code: "unavailable", retryAfter: 5 });
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("done");
  expect(await turns.run("c", async () => "later")).toBe("later");
});
