import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RungsError } from "@/lib/domain/errors";
import { FairQueue } from "@/lib/fair-queue";
import { Budget } from "@/lib/read-gate/budget";
import { ReadGate, type ReadGateOptions } from "@/lib/read-gate/read-gate";
import { WorkMeter } from "@/lib/read-gate/work-meter";

describe("a budget", () => {
  test("fills at its rate up to its burst, and what is overdrawn is made up for first", () => {
    const budget = new Budget({ msPerS: 100, burstMs: 50, debtMsMax: 1_000 }, 0);
    expect(budget.leftMs(0)).toBe(50);
    budget.spend(250, 0);
    expect(budget.leftMs(0)).toBe(-200);
    expect(budget.waitMs(0)).toBeCloseTo(2_010);
    expect(budget.leftMs(2_100)).toBeCloseTo(10);
    expect(budget.waitMs(2_100)).toBe(0);
    expect(budget.leftMs(60_000)).toBe(50);
  });

  test("is overdrawn no further than its bound, and gets back what was not needed", () => {
    const budget = new Budget({ msPerS: 100, burstMs: 50, debtMsMax: 200 }, 0);
    budget.spend(10_000, 0);
    expect(budget.leftMs(0)).toBe(-200);
    budget.spend(-100, 0);
    expect(budget.leftMs(0)).toBe(-100);
    budget.spend(-1_000, 0);
    expect(budget.leftMs(0)).toBe(50);
  });
});

describe("a fair queue", () => {
  const takeAll = (queue: FairQueue<string>) => {
    const taken: string[] = [];
    for (let next = queue.take(() => true); next; next = queue.take(() => true)) taken.push(next.item);
    return taken;
  };

  test("gives each client a turn, and each client's items their order", () => {
    const queue = new FairQueue<string>({ waitingMax: 99, waitingPerClientMax: 99 });
    for (const item of ["a1", "a2", "a3", "b1", "c1", "c2"]) queue.push(item.charAt(0), item);
    expect(takeAll(queue)).toEqual(["a1", "b1", "c1", "a2", "c2", "a3"]);
    expect(queue.size).toBe(0);
  });

  test("passes over a client who may not go, who keeps the place", () => {
    const queue = new FairQueue<string>({ waitingMax: 99, waitingPerClientMax: 99 });
    for (const item of ["a1", "b1", "b2"]) queue.push(item.charAt(0), item);
    expect(queue.take((client) => client !== "a")?.item).toBe("b1");
    expect(queue.take(() => false)).toBeNull();
    expect(takeAll(queue)).toEqual(["a1", "b2"]);
  });

  test("when it is full, whoever waits most often gives way, and nobody else", () => {
    const queue = new FairQueue<string>({ waitingMax: 4, waitingPerClientMax: 3 });
    for (const item of ["a1", "a2", "a3"]) expect(queue.push("a", item)).toBeNull();
    expect(queue.push("a", "a4")).toBe("a4");
    expect(queue.push("b", "b1")).toBeNull();
    expect(queue.push("c", "c1")).toBe("a3");
    expect(queue.push("b", "b2")).toBe("b2");
    expect(queue.size).toBe(4);
    expect(takeAll(queue)).toEqual(["a1", "b1", "c1", "a2"]);
  });
});

test("what runs at the same time shares the time for which the loop was busy", () => {
  let busy = 1_000;
  const meter = new WorkMeter(() => busy);
  const first = meter.start();
  busy += 10;
  const second = meter.start();
  busy += 20;
  expect(first.stop()).toBe(20);
  busy += 5;
  expect(second.stop()).toBe(15);
  busy += 100;
  expect(meter.start().stop()).toBe(0);
});

describe("the gate", () => {
  const rates = { debtMsMax: 10_000 };
  const options: ReadGateOptions = {
    all: { ...rates, msPerS: 500, burstMs: 20 },
    perClient: { ...rates, msPerS: 100, burstMs: 1_000 },
    atOnceMax: 4,
    atOncePerClientMax: 2,
    waitingMax: 100,
    waitingPerClientMax: 20,
    waitMsMax: { page: 20_000, other: 5_000 },
  };
  let busy: number;
  let gate: ReadGate;
  let done: string[];

  const newGate = (changed: Partial<ReadGateOptions> = {}) =>
    new ReadGate({ ...options, ...changed }, () => Date.now(), new WorkMeter(() => busy));
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  /** Work that keeps the loop busy for so long. */
  const read = (client: string, ms: number, signal?: AbortSignal) =>
    gate.run(
      client,
      "history",
      async () => {
        busy += ms;
        done.push(client);
      },
      signal,
    );

  beforeEach(() => {
    vi.useFakeTimers();
    busy = 0;
    done = [];
    gate = newGate();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test("costly reads together get their share of the loop, and a lone one waits for nothing", async () => {
    const reads = Array.from({ length: 100 }, (_, i) => read(`client ${i % 10}`, 20).catch(() => undefined));
    await pass(0);
    expect(done.length).toBe(1);
    await pass(4_000);
    // Half of four seconds, in pieces of 20 ms.
    expect(done.length).toBeGreaterThan(95);
    expect(done.length).toBeLessThanOrEqual(102);
    await Promise.all(reads);
    await pass(10_000);
    done = [];
    const lone = read("another", 20);
    await pass(0);
    expect(done).toEqual(["another"]);
    await lone;
  });

  test("one client with much to ask does not keep another waiting for more than a turn", async () => {
    const many = Array.from({ length: 20 }, () => read("many", 20).catch(() => undefined));
    await pass(100);
    const before = done.length;
    const one = read("one", 20);
    await pass(100);
    expect(done.slice(before).indexOf("one")).toBeLessThanOrEqual(1);
    expect(done).toContain("one");
    await pass(60_000);
    await Promise.all([...many, one]);
  });

  test("a client who has used up the budget goes on at its rate, and is refused who would wait too long", async () => {
    gate = newGate({ all: { ...rates, msPerS: 1_000, burstMs: 1_000 } });
    await read("greedy", 1_300);
    const refused: unknown[] = [];
    const note = ({ code, retryAfter }: RungsError) => refused.push([code, retryAfter]);
    const more = Array.from({ length: 3 }, () => read("greedy", 100).catch(note));
    const other = read("other", 10);
    await pass(3_000);
    expect(done).toEqual(["greedy", "other"]);
    await pass(1_999);
    expect([done, refused]).toEqual([["greedy", "other", "greedy", "greedy"], []]);
    await pass(1);
    expect(refused).toEqual([["too-many-requests", 1]]);
    await Promise.all([...more, other]);
  });

  test("a client who has overdrawn the budget by far is refused at once, and told when to come back", async () => {
    await read("greedy", 3_000);
    const refusal = await read("greedy", 10).catch((error: RungsError) => error);
    expect(refusal).toMatchObject({ code: "too-many-requests", retryAfter: 21 });
    expect(gate.refused).toBe(1);
    await pass(21_000);
    await read("greedy", 10);
    expect(done).toEqual(["greedy", "greedy"]);
  });

  test("a client cannot hold more than its part of the places by work that takes long", async () => {
    gate = newGate({ all: { ...rates, msPerS: 1_000, burstMs: 1_000 } });
    const ends: (() => void)[] = [];
    const long = (client: string) => gate.run(client, "history", () => new Promise<void>((end) => ends.push(end)));
    const all = [long("a"), long("a"), long("a"), long("b")];
    await pass(0);
    expect([ends.length, gate.waiting]).toEqual([3, 1]);
    ends[0]?.();
    await pass(0);
    expect([ends.length, gate.waiting]).toEqual([4, 0]);
    for (const end of ends) end();
    await Promise.all(all);
  });

  test("a client who goes away while waiting leaves the queue, and work that fails gives its place back", async () => {
    await read("a", 1_200);
    const leaving = new AbortController();
    const left = read("a", 1, leaving.signal).catch((error: RungsError) => error.code);
    await pass(10);
    expect(gate.waiting).toBe(1);
    leaving.abort();
    expect(await left).toBe("unavailable");
    expect(gate.waiting).toBe(0);
    await pass(60_000);
    for (let time = 0; time < 5; time++) {
      const failing = gate.run("b", "page", async () => {
        throw new Error("away");
      });
      await expect(failing).rejects.toThrow("away");
    }
    await read("b", 1);
  });

  test("where no address is known there is only the budget of all", async () => {
    gate = newGate({ all: { ...rates, msPerS: 1_000, burstMs: 10_000 } });
    for (let time = 0; time < 4; time++) await read("", 1_500);
    await gate.run(null, "history", async () => done.push("unknown"));
    expect(done).toEqual(["", "", "", "", "unknown"]);
  });
});
