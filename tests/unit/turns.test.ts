import { expect, test } from "vitest";
import { Turns, type TurnsLimits } from "@/lib/turns";

const limits = { runningMax: 2, runningPerClientMax: 2, waitingMax: 64, waitingPerClientMax: 4, waitMsMax: 60_000 };
const create = (more: Partial<TurnsLimits> = {}) =>
  new Turns({ ...limits, ...more }, { detail: "Too many.", retryAfter: 5 });

/** What may start has started. */
const begun = () => new Promise((resolve) => setImmediate(resolve));

/** Tasks that end by hand. */
function startTurns(more: Partial<TurnsLimits> = {}) {
  const turns = create(more);
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const run = (caller: string) =>
    turns.run(caller, () => {
      started.push(caller);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const endNext = async () => {
    await begun();
    ends.shift()?.();
    await begun();
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
  expect(refused).toEqual(Array.from({ length: 34 }, () => "too-many-requests"));
});

test("callers take turns in the order in which they came", async () => {
  const { run, started, endNext } = startTurns({ runningMax: 1 });
  const all = Promise.all(["a", "a", "a", "b", "b", "c"].map(run));
  for (let i = 0; i < 6; i++) await endNext();
  await all;
  expect(started).toEqual(["a", "a", "b", "c", "a", "b"]);
});

test("a task that fails gives its place to the next", async () => {
  const turns = create({ runningMax: 1, waitingMax: 1, waitingPerClientMax: 1 });
  const failing = turns.run("a", () => Promise.reject(new Error("no")));
  const next = turns.run("b", async () => "done");
  await expect(turns.run("c", async () => "never")).rejects.toMatchObject({ code: "too-many-requests", retryAfter: 5 });
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("done");
  expect(await turns.run("c", async () => "later")).toBe("later");
});

test("of one client no more run than it may, whoever else waits; of clients unknown as many as of all", async () => {
  const { run, started, endNext } = startTurns({ runningPerClientMax: 1 });
  const all = Promise.all(["a", "a", "b", "a", "c"].map(run));
  await begun();
  expect(started).toEqual(["a", "b"]);
  for (let i = 0; i < 5; i++) await endNext();
  await all;
  expect(started).toEqual(["a", "b", "a", "c", "a"]);
  const unknown = startTurns({ runningPerClientMax: 1 });
  void unknown.run("");
  void unknown.run("");
  await begun();
  expect(unknown.started).toEqual(["", ""]);
});

test("who has waited for too long is refused, and takes no turn", async () => {
  const { run, started, endNext } = startTurns({ runningMax: 1, waitMsMax: 20 });
  const first = run("a");
  await expect(run("b")).rejects.toMatchObject({ code: "too-many-requests" });
  await endNext();
  await first;
  expect(started).toEqual(["a"]);
});
