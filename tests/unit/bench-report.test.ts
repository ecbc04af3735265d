import { expect, test } from "vitest";
import { readArguments } from "@/tests/bench/arguments";
import { chart } from "@/tests/bench/chart";
import { withSection } from "@/tests/bench/document";
import { basesOf, figureOf, judge, ratio } from "@/tests/bench/figures";
import type { BenchTable, Target } from "@/tests/bench/part";

const target = (of: string, to: string | null, bound: Target["bound"], limit: number): Target => {
  return { of, to, bound, ratio: limit };
};

const table: BenchTable = {
  title: "200 & plain",
  unit: "req/s",
  better: "more",
  rows: [
    { name: "Rungs", samples: [90, 120, 100] },
    { name: "bare", samples: [100, 110, 130, 120] },
    { name: "nginx", samples: [], absent: "not installed" },
    { name: "idle", samples: [0] },
  ],
  targets: [target("Rungs", "bare", "at least", 0.9), target("Rungs", "nginx", "at least", 1)],
  notes: [],
};

test("a figure is the median with the range, and nothing where there are no samples", () => {
  expect(figureOf({ name: "odd", samples: [90, 120, 100] })).toEqual({ median: 100, low: 90, high: 120 });
  expect(figureOf({ name: "even", samples: [100, 130, 110, 120] })).toEqual({ median: 115, low: 100, high: 130 });
  expect(figureOf({ name: "none", samples: [] })).toBeNull();
});

test("a target is met, missed, or not judged where one of the two is absent or nothing", () => {
  const verdict = (one: Target) => judge(table, one).text;
  expect(verdict(target("Rungs", "bare", "at least", 0.8))).toBe("met 0.870 >= 0.8");
  expect(verdict(target("Rungs", "bare", "at least", 0.9))).toBe("missed 0.870 >= 0.9");
  expect(verdict(target("Rungs", "bare", "at most", 0.9))).toBe("met 0.870 <= 0.9");
  expect(verdict(target("Rungs", null, "at most", 99))).toBe("missed 100 <= 99");
  expect(verdict(target("Rungs", "nginx", "at least", 1))).toBe("not judged (>= 1)");
  expect(verdict(target("Rungs", "idle", "at least", 1))).toBe("not judged (>= 1)");
  expect(() => verdict(target("Rungs", "bear", "at least", 1))).toThrow("no such row");
  expect(basesOf(table)).toEqual(["bare", "nginx"]);
  expect(ratio(table, "nginx", "bare")).toBeNull();
});

test("a section takes the place of its former self, others stay, and a new one comes at the end", () => {
  const first = withSection("# Page\n\nProse.\n", "polls", "old figures");
  const second = withSection(first, "streams", "of streams");
  const third = withSection(second, "polls", "new figures");
  expect(second).toMatch(
    /^# Page\n\nProse\.\n\n<!-- polls.*old figures.*<!-- polls: end -->\n\n<!-- streams.*of streams/s,
  );
  expect(third).toBe(second.replace("old figures", "new figures"));
  expect(withSection(third, "streams", "of streams")).toBe(third);
});

test("a chart escapes what it shows, has a bar for each row with samples, and colours for both themes", () => {
  const svg = chart("A <part>", [table]);
  expect(svg).toContain("A &lt;part&gt;");
  expect(svg).toContain("200 &amp; plain");
  expect(svg.match(/<rect class="(own|bar)"/g)).toHaveLength(3);
  expect(svg).toContain("absent");
  expect(svg).toContain("prefers-color-scheme: dark");
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test("arguments: parts by name, rounds, and what goes together", () => {
  const none = { parts: [], rounds: 5, smoke: false, beside: process.cwd(), json: undefined, write: false };
  expect(readArguments([])).toEqual(none);
  expect(readArguments(["polls", "--rounds", "7", "--json", "a.json"])).toEqual({
    ...none,
    ...{ parts: ["polls"], rounds: 7, json: "a.json" },
  });
  expect(readArguments(["--smoke"])).toMatchObject({ smoke: true, rounds: 1 });
  expect(() => readArguments(["--rounds", "0"])).toThrow("whole number from 1");
  expect(() => readArguments(["--smoke", "--write"])).toThrow("no figures");
  expect(() => readArguments(["--fast"])).toThrow("--fast");
  expect(() => readArguments(["--beside", "/nowhere"])).toThrow("checkout of Rungs");
});
