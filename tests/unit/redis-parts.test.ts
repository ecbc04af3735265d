/** The pieces below the Redis transports and the index that need no server. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { parts } from "@/lib/rank-index/redis-codec";
import { changeMessage, parseChangeMessage } from "@/lib/rank-index/redis-scripts";
import { backoffMs } from "@/lib/redis/backoff";
import { createCircuit } from "@/lib/redis/circuit";
import { within } from "@/lib/redis/deadline";

describe("a circuit", () => {
  const outage = () => Promise.reject(new Error("away"));
  const circuit = (openMs: number) =>
    createCircuit({ openMs, isOutage: (error) => (error as Error).message === "away" });

  test("fails at once after an outage, lets one call try, and closes when it succeeds", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { run } = circuit(500);
    await expect(run(outage)).rejects.toThrow("away");
    const call = vi.fn(async () => "there");
    await expect(run(call)).rejects.toMatchObject({ name: "CircuitOpenError" });
    vi.advanceTimersByTime(500);
    let answer: (text: string) => void = () => undefined;
    const probe = run(() => new Promise<string>((resolve) => (answer = resolve)));
    await expect(run(call)).rejects.toMatchObject({ name: "CircuitOpenError" });
    expect(call).not.toHaveBeenCalled();
    answer("again");
    await expect(probe).resolves.toBe("again");
    await expect(run(call)).resolves.toBe("there");
    vi.useRealTimers();
  });

  test("stays open when the one that tried fails too", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { run } = circuit(500);
    await expect(run(outage)).rejects.toThrow("away");
    vi.advanceTimersByTime(600);
    await expect(run(outage)).rejects.toThrow("away");
    await expect(run(outage)).rejects.toMatchObject({ name: "CircuitOpenError" });
    vi.useRealTimers();
  });

  test("is not opened by an error that the server replied with", async () => {
    const { run } = circuit(60_000);
    await expect(run(() => Promise.reject(new Error("ERR no")))).rejects.toThrow("ERR no");
    await expect(run(async () => 1)).resolves.toBe(1);
  });
});

describe("a deadline", () => {
  test("passes on what comes in time, and rejects by name what does not", async () => {
    await expect(within(1_000, "late", Promise.resolve(1))).resolves.toBe(1);
    await expect(within(1_000, "late", Promise.reject(new Error("failed")))).rejects.toThrow("failed");
    const late = within(5, "late", new Promise(() => undefined));
    await expect(late).rejects.toMatchObject({ name: "RedisTimeoutError", message: "late" });
  });

  test("does not count time in which the process was stalled", async () => {
    const answer = within(30, "late", new Promise((resolve) => setTimeout(resolve, 45, "in time")));
    const until = performance.now() + 100;
    while (performance.now() < until);
    await expect(answer).resolves.toBe("in time");
  });
});

test("requests are cut by count and by bytes, in order, and none is lost", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 10, max: 60 }), (items, count, bytes) => {
      const cut = parts(items, count, bytes, (size) => size);
      expect(cut.flat()).toEqual(items);
      for (const part of cut) {
        expect(part.length).toBeLessThanOrEqual(count);
        if (part.length > 1) expect(part.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(bytes);
      }
      if (items.length > 0) expect(cut.every((part) => part.length > 0)).toBe(true);
      else expect(cut).toEqual([[]]);
    }),
  );
});

test("change messages are read back, and nothing else is taken for one", () => {
  for (const position of [
    null,
    { epoch: "a1b2c3d4", version: 1, revision: 1 },
    { epoch: "pg", version: 999_999_999_999, revision: 20 },
  ]) {
    expect(parseChangeMessage(changeMessage(17, position))).toEqual({ uid: 17, position });
  }
  for (const other of [
    "",
    "canary:abc",
    "1",
    "1:",
    ":a:1",
    "1:a",
    "1:a:1",
    "1:A:1:1",
    "-1:a:1:1",
    "1:a:1:2:3",
    "1:dropped:",
    "\n1:a:1:1",
  ]) {
    expect([other, parseChangeMessage(other)]).toEqual([other, undefined]);
  }
});

test("backoff is jittered from nothing to the bound, and stays within its maximum", () => {
  for (let failures = 0; failures < 2_000; failures++) {
    const ms = backoffMs(failures, 50, 1_000);
    expect(ms).toBeGreaterThanOrEqual(0);
    expect(ms).toBeLessThanOrEqual(Math.min(1_000, 50 * 2 ** failures));
  }
});
