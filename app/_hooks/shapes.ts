/** Checks JSON from outside by example, which takes a page little code. */
import type { PastBoard } from "@/lib/domain/history";
import type { Delta, Entry, PlayerStanding, Position, Snapshot } from "@/lib/domain/snapshot";

/** Some members of a `T`, each with any value of its type; one element stands for all of a list, none for any. */
export type Shape<T> = T extends readonly (infer Element)[]
  ? readonly Shape<Element>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Shape<T[Key]> }
    : T;

/** Whether a value has all members of the example, each of its type. */
export function hasShape<T>(value: unknown, example: Shape<T>): value is T {
  if (typeof value !== typeof example || value === null) return false;
  if (typeof value !== "object") return true;
  if (!Array.isArray(example)) {
    return Object.entries(example as object).every(([key, one]) => hasShape((value as never)[key], one));
  }
  return Array.isArray(value) && value.every((one) => example.length === 0 || hasShape(one, example[0]));
}

export const entryShape: Shape<Entry> = { rank: 0, position: 0, player: "", name: "", score: 0, tiebreaks: [] };
export const boardShape: Shape<Snapshot["board"]> = { id: "", name: "", decimals: 0, tiebreaks: [], delivery: "sse" };
export const positionShape: Shape<Position> = { epoch: "", version: 0 };
export const deltaShape: Shape<Delta> = { from: 0, to: 0, total: 0, changed: [entryShape], removed: [""] };
export const snapshotShape: Shape<Snapshot> = {
  ...positionShape,
  board: boardShape,
  asOf: "",
  total: 0,
  entries: [entryShape],
};
export const pastBoardShape: Shape<PastBoard> = { board: boardShape, seq: 0, total: 0, entries: [entryShape] };
export const standingShape: Shape<PlayerStanding> = {
  ...positionShape,
  total: 0,
  entry: entryShape,
  percentile: 0,
  around: [entryShape],
};
