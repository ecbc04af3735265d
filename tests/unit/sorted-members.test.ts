import fc from "fast-check";
import { expect, test } from "vitest";
import { SortedMembers } from "@/lib/rank-index/sorted-members";

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function expectSame(members: SortedMembers, model: Set<string>): void {
  const sorted = [...model].sort(byBytes);
  expect(members.size).toBe(sorted.length);
  expect(members.slice(0, sorted.length + 1)).toEqual(sorted);
  for (let i = 0; i < sorted.length; i += 97) {
    expect(members.countBefore(sorted[i] ?? "")).toBe(i);
    expect(members.slice(i, 600)).toEqual(sorted.slice(i, i + 600));
  }
}

test("sorted members agree with a sorted array after any additions and deletions", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\uffff", "\u{10000}"), maxLength: 3 });
  fc.assert(
    fc.property(fc.array(fc.record({ text, add: fc.boolean() }), { maxLength: 80 }), text, (steps, probe) => {
      const members = new SortedMembers();
      const model = new Set<string>();
      for (const step of steps) {
        const had = model.has(step.text);
        expect(step.add ? members.add(step.text) : members.delete(step.text)).toBe(step.add ? !had : had);
        if (step.add) model.add(step.text);
        else model.delete(step.text);
      }
      expectSame(members, model);
      expect(members.countBefore(probe)).toBe([...model].filter((one) => byBytes(one, probe) < 0).length);
    }),
  );
});

test("sorted members stay in order over many buckets, added in any direction and emptied again", () => {
  const numbers = Array.from({ length: 4000 }, (_, i) => String(i).padStart(5, "0"));
  const scattered = numbers.map((_, i) => numbers[(i * 1237) % 4000] ?? "");
  for (const order of [numbers, [...numbers].reverse(), scattered]) {
    const members = new SortedMembers();
    const model = new Set<string>();
    for (const one of order) {
      members.add(one);
      model.add(one);
    }
    expectSame(members, model);
    for (const one of scattered.slice(0, 3900)) {
      members.delete(one);
      model.delete(one);
    }
    expectSame(members, model);
    for (const one of model) members.delete(one);
    expect(members.size).toBe(0);
    expect(members.slice(0, 10)).toEqual([]);
    expect(members.countBefore("x")).toBe(0);
  }
});
