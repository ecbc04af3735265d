/** The moments that a board's past is stepped through: its timeline's marks, the last of which stands for now. Pure. */
import type { Point } from "@/lib/domain/history";

/** Right after an event, or by the clock in milliseconds since 1970. Null is now, which moves on. */
export type Moment = { seq: number } | { time: number } | null;

export type Marks = readonly Point[];

export const speeds = [1, 2, 4] as const;
export type Speed = (typeof speeds)[number];

/** A season plays in a minute, a half or a quarter of one; a short one in less. */
const seasonMs = 60_000;
const stepMaxMs = 1_000;

/** The last mark that is not later than a moment; -1 before the first. */
export function markOf(marks: Marks, moment: Moment): number {
  if (moment === null) return marks.length - 1;
  return marks.findLastIndex(([at, seq]) => ("seq" in moment ? seq <= moment.seq : at <= moment.time));
}

export function momentOf(marks: Marks, index: number): Moment {
  const mark = marks[Math.max(0, index)];
  return mark && index < marks.length - 1 ? { seq: mark[1] } : null;
}

/** What is on the board at that time; from the last event on that is now. */
export function momentAt(marks: Marks, time: number): Moment {
  return time < (marks.at(-1)?.[0] ?? 0) ? { time: Math.floor(time) } : null;
}

/** What is worth having next: of the marks after a moment and before now, the first `count`; with `around`, one before. */
export function marksNear(marks: Marks, moment: Moment, count: number, around: boolean): Moment[] {
  if (moment === null) return [];
  const at = markOf(marks, moment);
  const near = Array.from({ length: count }, (_, i) => at + 1 + i);
  if (around && at > 0) near.push(at - 1);
  return near.filter((index) => index < marks.length - 1).map((index) => momentOf(marks, index));
}

/** The last event up to a moment was then; before the first, just before it. */
export function timeOf(marks: Marks, moment: Moment): number | null {
  if (moment === null || marks.length === 0) return null;
  if ("time" in moment) return moment.time;
  return marks[markOf(marks, moment)]?.[0] ?? (marks[0]?.[0] ?? 0) - 1;
}

/** A moment as the API is asked for it. */
export function queryOf(moment: NonNullable<Moment>): string {
  return "seq" in moment ? `seq=${moment.seq}` : `time=${new Date(moment.time).toISOString()}`;
}

/** How long each mark is shown. */
export function stepMs(marks: Marks, speed: Speed): number {
  return Math.min(stepMaxMs, seasonMs / Math.max(1, marks.length)) / speed;
}

/** When to step on after a step that was due then: in time, and where what was to be shown came late, without haste. */
export function nextDue(due: number, now: number, ms: number): number {
  return Math.max(due + ms, now);
}
