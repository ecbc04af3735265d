/** Checks have a sentence each, and say what they found instead. */
import { isDeepStrictEqual } from "node:util";
import type { Target } from "./target";

export interface Check {
  /** What the server promises. */
  promise: string;
  run(context: CheckContext): Promise<void>;
}

export interface CheckContext {
  target: Target;
  /** Id of the board that is looked at. */
  board: string;
  /** Headers of the key; only in checks that need one. */
  authorization: Record<string, string>;
}

/** Fails the check unless both are alike. */
export function same(what: string, found: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(found, wanted)) throw new Error(`${what} is ${show(found)}, not ${show(wanted)}`);
}

export function holds(what: string, condition: boolean): void {
  if (!condition) throw new Error(what);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
