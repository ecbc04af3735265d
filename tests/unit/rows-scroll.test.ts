import { describe, expect, it } from "vitest";
import { heightMax, RowsScroll } from "@/app/_hooks/rows-scroll";
import { seededRandom } from "@/tests/support/seeded-random";

const rowHeight = 48;
const million = 1_000_000 * rowHeight;
const viewport = 900;
const leap = 4 * viewport;

function scrollOver(height: number): RowsScroll {
  const scroll = new RowsScroll();
  scroll.resize(height);
  return scroll;
}

it("leaves a list that a browser can lay out as it is", () => {
  const scroll = scrollOver(heightMax);
  for (const position of [0, 5_000_000, 17, heightMax - viewport, 4_000_000.5]) {
    expect(Math.abs(scroll.moved(position, leap) - position)).toBeLessThanOrEqual(0.5);
  }
  expect(scroll.height).toBe(heightMax);
});

describe("a million rows", () => {
  it("begin and end where the scroll bar does", () => {
    const scroll = scrollOver(million);
    expect(scroll.height).toBe(heightMax);
    expect(scroll.moved(4_000_000, leap)).toBe(million / 2);
    expect(scroll.moved(0, leap)).toBe(0);
    expect(scroll.moved(heightMax - viewport, leap)).toBe(million - viewport);
  });

  it("move pixel by pixel under the hand, wherever that is", () => {
    const scroll = scrollOver(million);
    for (const start of [100_000, 1_999_000, 2_500_000, 4_000_000, 5_999_000, 7_000_000]) {
      const top = scroll.moved(start, leap);
      for (let by = 100; by <= 3_000; by += 100) expect(scroll.moved(start + by, leap)).toBe(top + by);
    }
  });

  it("stay where they are seen when the scroll bar is moved to where it belongs", () => {
    const scroll = scrollOver(million);
    const random = seededRandom(7);
    for (let i = 0; i < 500; i++) {
      let position = Math.round(random.next() * (heightMax - viewport));
      let top = scroll.moved(position, leap);
      for (let j = 0; j < 20; j++) {
        position += Math.round((random.next() - 0.5) * 2_000);
        if (position < leap || position > heightMax - leap) break;
        top = scroll.moved(position, leap);
      }
      const rested = scroll.rest();
      expect(scroll.moved(rested, leap)).toBeCloseTo(top, 6);
    }
  });

  it("are further down the further down the scroll bar leaps", () => {
    const scroll = scrollOver(million);
    let last = -1;
    for (let position = 0; position <= heightMax - viewport; position += 10_007) {
      const top = scroll.moved(position, leap);
      expect(top).toBeGreaterThan(last);
      last = top;
    }
  });

  it("come to any place, and stay there", () => {
    const scroll = scrollOver(million);
    for (const top of [0, 48, 1_999_999, 2_000_001, 24_000_000.5, million - 2_000_000, million - viewport]) {
      const position = scroll.goTo(top);
      expect(position).toBeLessThanOrEqual(heightMax - viewport);
      expect(scroll.moved(position, leap)).toBeCloseTo(top, 0);
    }
  });

  it("keep their place when the list becomes longer", () => {
    const scroll = scrollOver(heightMax - 1_000);
    const top = scroll.moved(5_000_000, leap);
    scroll.resize(million);
    const position = scroll.rest();
    expect(position).toBeLessThan(5_000_000);
    expect(scroll.moved(position, leap)).toBeCloseTo(top, 6);
  });
});
