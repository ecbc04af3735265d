import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { goToPlace, onGoToPlace } from "@/app/_hooks/go-to-place";

beforeEach(() => void vi.stubGlobal("window", new EventTarget()));
afterEach(() => void vi.unstubAllGlobals());

test("a table shows the places of its board, also one that was wanted before it was there, each once", () => {
  goToPlace("a", 7);
  const shown: number[] = [];
  const stop = onGoToPlace("a", (place) => shown.push(place));
  goToPlace("a", 9);
  stop();
  goToPlace("a", 8);
  onGoToPlace("a", (place) => shown.push(place));
  expect(shown).toEqual([7, 9, 8]);
});

test("a place that no table took moves no table of another board, and none that comes later", () => {
  goToPlace("a", 7);
  const shown: number[] = [];
  onGoToPlace("b", (place) => shown.push(place))();
  onGoToPlace("a", (place) => shown.push(place));
  expect(shown).toEqual([]);
});
