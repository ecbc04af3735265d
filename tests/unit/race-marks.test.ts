import { describe, expect, it } from "vitest";
import {
  type Marks,
  type Moment,
  markOf,
  marksNear,
  momentAt,
  momentOf,
  nextDue,
  queryOf,
  stepMs,
  timeOf,
} from "@/app/_components/race/marks";

/** Two events within one millisecond, and not every event has a mark. */
const marks: Marks = [
  [1_000, 1],
  [2_000, 4],
  [2_000, 7],
  [3_000, 10],
];

describe("marks", () => {
  it("each stands for the moment after its event, the last for now, and lead back to themselves", () => {
    expect(marks.map((_, i) => momentOf(marks, i))).toEqual([{ seq: 1 }, { seq: 4 }, { seq: 7 }, null]);
    expect(marks.map((_, i) => markOf(marks, momentOf(marks, i)))).toEqual([0, 1, 2, 3]);
    expect(momentOf(marks, -1)).toEqual({ seq: 1 });
    expect(momentOf(marks, 99)).toBe(null);
  });

  it("are found for moments between them, before and after", () => {
    const found = (moment: Moment) => markOf(marks, moment);
    expect([{ seq: 0 }, { seq: 3 }, { seq: 9 }, { seq: 10 }, { seq: 99 }].map(found)).toEqual([-1, 0, 2, 3, 3]);
    expect([{ time: 999 }, { time: 1_999 }, { time: 2_000 }, { time: 2_999 }].map(found)).toEqual([-1, 0, 2, 2]);
  });

  it("give a moment of the past its time", () => {
    const moments: Moment[] = [null, { time: 1_234 }, { seq: 5 }, { seq: 0 }];
    expect(moments.map((moment) => timeOf(marks, moment))).toEqual([null, 1_234, 2_000, 999]);
    expect(timeOf([], { seq: 5 })).toBe(null);
  });

  it("have neighbours that are worth loading; now is always there", () => {
    expect(marksNear(marks, { seq: 1 }, 2, false)).toEqual([{ seq: 4 }, { seq: 7 }]);
    expect(marksNear(marks, { seq: 4 }, 8, true)).toEqual([{ seq: 7 }, { seq: 1 }]);
    expect(marksNear(marks, { seq: 0 }, 1, true)).toEqual([{ seq: 1 }]);
    expect(marksNear(marks, null, 3, true)).toEqual([]);
  });

  it("are none on an empty board, and one where there is one event", () => {
    expect([markOf([], null), markOf([], { seq: 5 })]).toEqual([-1, -1]);
    expect(momentOf([], 0)).toBe(null);
    expect(momentOf([[1_000, 1]], 0)).toBe(null);
  });
});

it("a time is a moment of its own, and now from the last event on", () => {
  expect([1_500.7, 2_999, 3_000, 9_999].map((time) => momentAt(marks, time))).toEqual([
    { time: 1_500 },
    { time: 2_999 },
    null,
    null,
  ]);
});

it("asks for moments as the API understands them", () => {
  expect(queryOf({ seq: 12 })).toBe("seq=12");
  expect(queryOf({ time: 0 })).toBe("time=1970-01-01T00:00:00.000Z");
});

describe("playing", () => {
  const season: Marks = Array.from({ length: 200 }, (_, i) => [i, i + 1]);

  it("takes a minute for a season, half of it or a quarter, and less for a short one", () => {
    expect(([1, 2, 4] as const).map((speed) => 200 * stepMs(season, speed))).toEqual([60_000, 30_000, 15_000]);
    expect(stepMs(marks, 1)).toBe(1_000);
    expect(stepMs([], 2)).toBe(500);
  });

  it("keeps its pace, and does not hurry after what came late", () => {
    expect(nextDue(1_000, 1_020, 300)).toBe(1_300);
    expect(nextDue(1_000, 5_000, 300)).toBe(5_000);
  });
});
