import { beforeEach, expect, test } from "vitest";
import { Acknowledgements } from "@/lib/live/acknowledgements";

const board = { uid: 1, id: "b" };
let acknowledgements: Acknowledgements;
const behind = (tag: string, now: number) => {
  acknowledgements.heard(board, tag, now);
  return acknowledgements.report(now)[0]?.behindMs;
};

beforeEach(() => {
  acknowledgements = new Acknowledgements();
});

test("a viewer is behind since the first change it does not have", () => {
  for (const [version, at] of [
    [1, 0],
    [2, 1_000],
    [4, 3_000],
  ] as const) {
    acknowledgements.moved(1, { epoch: "e", version }, at);
  }
  expect(behind('W/"e-4~1.100.0"', 70_000)).toBe(0);
  expect(behind('W/"e-2~1.100.0"', 135_000)).toBe(132_000);
  expect(behind('W/"e-1~1.100.0"', 200_000)).toBe(199_000);
});

test("a position of another epoch is behind since this one began; of a board that did not move nobody is behind", () => {
  expect(behind('W/"e-4~1.100.0"', 0)).toBe(0);
  acknowledgements.moved(1, { epoch: "e", version: 9 }, 1_000);
  acknowledgements.moved(1, { epoch: "f", version: 1 }, 70_000);
  acknowledgements.moved(1, { epoch: "f", version: 2 }, 71_000);
  expect(behind('W/"e-9~1.100.0"', 75_000)).toBe(5_000);
});

test("the last minute counts, the worst of it is told, and garbage acknowledges nothing", () => {
  acknowledgements.moved(1, { epoch: "e", version: 2 }, 10_000);
  acknowledgements.heard(board, 'W/"e-1~x"', 12_000);
  acknowledgements.heard(board, '"e-2~x"', 12_000);
  acknowledgements.heard({ uid: 2, id: "c" }, '"e-2~x"', 12_000);
  for (const garbage of ["*", "", '"e-1', '"~"', 'W/"e-x~1"', '"e-1"']) acknowledgements.heard(board, garbage, 12_000);
  expect(acknowledgements.report(12_000)).toEqual([
    { boardId: "b", count: 2, behindMs: 2_000 },
    { boardId: "c", count: 1, behindMs: 0 },
  ]);
  expect(acknowledgements.report(72_000)).toEqual([]);
});

test("of a busy board only so much is remembered, and a viewer from before is told as at least so far behind", () => {
  for (let version = 1; version <= 1_000; version++) acknowledgements.moved(1, { epoch: "e", version }, version);
  expect(behind('W/"e-1~x"', 1_000)).toBe(1_000 - 873);
});
