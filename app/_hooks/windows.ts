/** Which part of a board to ask for, to show some rows of it. Pure. */
import { streamWindow } from "@/lib/domain/snapshot";

export interface Window {
  offset: number;
  limit: number;
}

const windowMin = 300;
const windowMax = 1_000;
/** Windows begin at multiples of this, so that viewers of the same places ask for the same. */
const grid = 100;

export function covers({ offset, limit }: Window, first: number, end: number): boolean {
  return offset <= first && end <= offset + limit;
}

/** How many of these rows the window has. */
export function overlap({ offset, limit }: Window, first: number, end: number): number {
  return Math.max(0, Math.min(end, offset + limit) - Math.max(first, offset));
}

/** The first places have a stream; further down there are wide windows, and who scrolls a little stays in the current one. */
export function windowFor(first: number, end: number, current: Window | null): Window {
  if (end <= streamWindow) return { offset: 0, limit: streamWindow };
  if (current && covers(current, first, end)) return current;
  const limit = Math.min(windowMax, Math.max(windowMin, Math.ceil((end - first) / grid) * grid + 2 * grid));
  const offset = Math.round(((first + end) / 2 - limit / 2) / grid) * grid;
  return { offset: Math.max(0, offset), limit };
}
