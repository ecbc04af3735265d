import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makePlot, spreadApart, stepPath, textX } from "@/app/_components/chart/plot";
import { fileName } from "@/app/_components/chart/save-png";
import { changesOf, movedCursor, type Series, spanOf, valueAt } from "@/app/_components/chart/series";
import { momentFormat, timeTicks } from "@/app/_components/chart/time-axis";
import { extentOf, valueScale } from "@/app/_components/chart/value-scale";
import type { Point } from "@/lib/domain/history";

const line = (points: Point[], id = "a"): Series => ({ id, label: id, points, color: 0 });

describe("the value axis", () => {
  it("names round values, with the lowest and the highest between them", () => {
    expect(valueScale({ min: 3, max: 97, whole: true }, 5).ticks).toEqual([0, 20, 40, 60, 80, 100]);
    expect(valueScale({ min: 60.5, max: 61.2, whole: false }, 4).ticks).toEqual([60.4, 60.6, 60.8, 61, 61.2]);
    expect(valueScale({ min: 0.1, max: 0.3, whole: false }, 2).ticks).toEqual([0.1, 0.2, 0.3]);
  });

  it("begins at 1 where there is no 0, and has no halves between whole numbers", () => {
    expect(valueScale({ min: 1, max: 14, whole: true }, 3, { fromOne: true }).ticks).toEqual([1, 5, 10, 15]);
    expect(valueScale({ min: 1, max: 2, whole: true }, 6, { fromOne: true }).ticks).toEqual([1, 2]);
    expect(valueScale({ min: 1, max: 1, whole: true }, 6, { fromOne: true }).ticks).toEqual([1, 2]);
    expect(valueScale({ min: 90, max: 140, whole: true }, 5, { fromOne: true }).ticks[0]).toBe(90);
  });

  it("goes by powers of ten when asked to, and cannot at 0", () => {
    expect(valueScale({ min: 1, max: 2_500, whole: true }, 5, { logarithmic: true }).ticks).toEqual([
      1, 10, 100, 1_000, 5_000,
    ]);
    expect(valueScale({ min: 120, max: 300, whole: true }, 5, { logarithmic: true }).ticks).toEqual([100, 200, 500]);
    // Its logarithm is exactly 9.
    expect(valueScale({ min: 999_999_999.999_998, max: 1e9, whole: false }, 5, { logarithmic: true }).ticks).toEqual([
      5e8, 1e9,
    ]);
    expect(valueScale({ min: 0, max: 10, whole: true }, 2, { logarithmic: true }).ticks).toEqual([0, 5, 10]);
    const { share } = valueScale({ min: 1, max: 100, whole: true }, 5, { logarithmic: true });
    expect(share(10)).toBeCloseTo(0.5);
  });

  it("holds whatever values there are, on both kinds of axis, with few names", () => {
    const value = fc.oneof(
      fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    );
    const rounded = value.map((one) => Number(one.toFixed(6)));
    fc.assert(
      fc.property(
        fc.array(rounded, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (all, wanted, log) => {
          const extent = extentOf([line(all.map((one, i) => [i, one]))]);
          const { ticks, share } = valueScale(extent, wanted, { logarithmic: log });
          expect(ticks.length).toBeGreaterThan(1);
          expect(ticks.length).toBeLessThanOrEqual(wanted + 3);
          expect([...ticks].sort((a, b) => a - b)).toEqual([...new Set(ticks)]);
          for (const one of all) {
            expect(share(one)).toBeGreaterThanOrEqual(-1e-9);
            expect(share(one)).toBeLessThanOrEqual(1 + 1e-9);
          }
        },
      ),
    );
  });
});

describe("the time axis", () => {
  const morning = new Date(2024, 4, 1, 9, 50).getTime();
  const hours = (count: number) => morning + count * 3_600_000;

  it("names whole hours of the viewer's day, and tells the day where it changes", () => {
    const ticks = timeTicks(morning, hours(30), 6, "en");
    expect(ticks.map(({ at }) => new Date(at).getHours())).toEqual([12, 18, 0, 6, 12]);
    expect(ticks.map(({ under }) => under)).toEqual(["May 1, 2024", null, "May 2, 2024", null, null]);
  });

  it("names days, months and years when time is long, and seconds when it is short", () => {
    const labels = (until: number) => timeTicks(morning, until, 4, "en").map(({ label }) => label.replace(/\s/g, " "));
    expect(labels(hours(24 * 4)).slice(0, 2)).toEqual(["May 2", "May 3"]);
    expect(labels(hours(24 * 300)).slice(0, 2)).toEqual(["Jul", "Oct"]);
    expect(labels(hours(24 * 365 * 4)).slice(0, 2)).toEqual(["2025", "2026"]);
    expect(labels(morning + 4_000).slice(0, 2)).toEqual(["9:50:00 AM", "9:50:01 AM"]);
  });

  it("stays inside, in order and short, however long or short the time is", () => {
    const moment = fc.integer({ min: 0, max: 4e12 });
    const length = fc.integer({ min: 1, max: 3e12 });
    fc.assert(
      fc.property(moment, length, fc.integer({ min: 1, max: 12 }), (from, ms, wanted) => {
        const ticks = timeTicks(from, from + ms, wanted, "de").map(({ at }) => at);
        expect(ticks.length).toBeLessThanOrEqual(wanted + 2);
        expect([...ticks].sort((a, b) => a - b)).toEqual(ticks);
        for (const at of ticks) expect(at >= from && at <= from + ms).toBe(true);
      }),
    );
  });

  it("is written as the viewer writes dates", () => {
    expect(momentFormat("de")(morning)).toBe("01.05.2024, 09:50:00");
  });
});

describe("lines", () => {
  const points: Point[] = [
    [100, 1],
    [200, 5],
    [200, 4],
    [400, 9],
  ];

  it("have at each moment the value of the last change until then", () => {
    expect([99, 100, 199, 200, 399, 400, 9_999].map((at) => valueAt(points, at))).toEqual([null, 1, 1, 4, 4, 9, 9]);
    expect(valueAt([], 5)).toBe(null);
  });

  it("keep each value until the next, and the last to the end", () => {
    const plot = { x: (at: number) => at / 10, y: (value: number) => 10 - value, right: 50 };
    expect(stepPath(points, plot)).toBe("M10 9H20V5H20V6H40V1H50");
    expect(stepPath([], plot)).toBe("");
  });

  it("span the time from the first change to the last, a minute around a single one, and more when asked", () => {
    expect(spanOf([line(points), line([[50, 1]], "b")])).toEqual({ from: 50, until: 400 });
    expect(spanOf([line(points)], 900)).toEqual({ from: 100, until: 900 });
    expect(spanOf([line([[70_000, 1]])])).toEqual({ from: 10_000, until: 130_000 });
    expect(spanOf([])).toEqual({ from: 0, until: 1 });
  });

  it("are told apart by names that do not lie on each other, in the order of the lines' ends", () => {
    expect(spreadApart([10, 12, 11], 15, 0, 100)).toEqual([10, 40, 25]);
    expect(spreadApart([98, 99], 15, 0, 100)).toEqual([85, 100]);
  });
});

describe("the cursor", () => {
  const span = { from: 0, until: 1_000 };
  const changes = changesOf(
    [
      line([
        [0, 1],
        [300, 2],
      ]),
      line(
        [
          [300, 2],
          [700, 3],
        ],
        "b",
      ),
    ],
    span,
  );

  it("goes from change to change, by tenths, and to both ends; other keys are not its own", () => {
    expect(changes).toEqual([0, 300, 700, 1_000]);
    const from = (at: number) => (key: string) => movedCursor(key, at, changes, span);
    expect(["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown"].map(from(300))).toEqual([700, 700, 0, 0]);
    expect(["ArrowLeft", "PageUp", "PageDown", "Home", "End"].map(from(950))).toEqual([700, 1_000, 850, 0, 1_000]);
    expect(["ArrowLeft", "PageDown"].map(from(0))).toEqual([0, 0]);
    expect(["a", "Tab", "Enter"].map(from(0))).toEqual([undefined, undefined, undefined]);
  });

  it("is where the pointer is, and never outside", () => {
    const formatValue = String;
    const plot = makePlot({
      ...{
        series: [
          line([
            [0, 1],
            [1_000, 9],
          ]),
        ],
        span,
        width: 500,
        height: 200,
        locale: "en",
        formatValue,
      },
      ...{ invert: false, logarithmic: false },
    });
    expect(plot.at(plot.x(300))).toBe(300);
    expect([plot.at(-50), plot.at(5_000)]).toEqual([0, 1_000]);
    expect(plot.y(9)).toBeLessThan(plot.y(1));
  });
});

it("keeps the texts below the axis inside of the picture", () => {
  const plot = { x: (at: number) => 24 + at, right: 300 };
  expect(textX(plot, 0, "26. Nov. 2026")).toBe(45.5);
  expect(textX(plot, 100, "26. Nov. 2026")).toBe(124);
  expect(textX(plot, 276, "26. Nov. 2026")).toBe(270.5);
});

it("names a picture by what it shows, in letters and digits of any script", () => {
  expect(fileName({ board: "Grand Prix / 2024", title: "Rank over time" })).toBe("Grand-Prix-2024-Rank-over-time.png");
  expect(fileName({ board: "../..", title: "\u0000" })).toBe("chart.png");
  expect(fileName({ board: "مريم", title: "名" })).toBe("مريم-名.png");
});
