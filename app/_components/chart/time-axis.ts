/** Which moments a time axis names, in the time zone of whoever looks; how it writes them. Pure but for the zone. */
export interface TimeTick {
  at: number;
  label: string;
  /** The day, or the year, where it is another than at the tick before. */
  under: string | null;
}

type Unit = "second" | "minute" | "hour" | "day" | "month" | "year";
interface Step {
  unit: Unit;
  count: number;
}

const unitMs: Record<Unit, number> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  month: 30.4 * 86_400_000,
  year: 365 * 86_400_000,
};
const counts: Record<Unit, readonly number[]> = {
  second: [1, 2, 5, 10, 15, 30],
  minute: [1, 2, 5, 10, 15, 30],
  hour: [1, 2, 3, 6, 12],
  day: [1, 2, 7, 14],
  month: [1, 3, 6],
  year: [1, 2, 5, 10, 20, 50, 100],
};
const steps: readonly Step[] = (Object.keys(unitMs) as Unit[]).flatMap((unit) =>
  counts[unit].map((count) => ({ unit, count })),
);
const longest: Step = { unit: "year", count: 500 };

const clock = { hour: "numeric", minute: "2-digit" } as const;
const labels: Record<Unit, Intl.DateTimeFormatOptions> = {
  second: { ...clock, second: "2-digit" },
  minute: clock,
  hour: clock,
  day: { day: "numeric", month: "short" },
  month: { month: "short" },
  year: { year: "numeric" },
};

/** @param wanted about how many there is room for. */
export function timeTicks(from: number, until: number, wanted: number, locale: string): TimeTick[] {
  const atLeast = (until - from) / Math.max(1, wanted);
  const step = steps.find(({ unit, count }) => unitMs[unit] * count >= atLeast) ?? longest;
  const label = new Intl.DateTimeFormat(locale, labels[step.unit]);
  const under = underFormat(step.unit, locale);
  let before = "";
  return moments(from, until, step).map((at) => {
    const day = under?.format(at) ?? "";
    const told = day !== before;
    before = day;
    return { at, label: label.format(at), under: told ? day : null };
  });
}

/** A moment in full, to the second. */
export function momentFormat(locale: string): (at: number) => string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
  return (at) => format.format(at);
}

function underFormat(unit: Unit, locale: string): Intl.DateTimeFormat | null {
  if (unit === "year") return null;
  const isLong = unit === "day" || unit === "month";
  return new Intl.DateTimeFormat(locale, isLong ? { year: "numeric" } : { dateStyle: "medium" });
}

function moments(from: number, until: number, step: Step): number[] {
  const found: number[] = [];
  for (let at = firstMoment(from, step); at <= until; at = nextMoment(at, step)) if (at >= from) found.push(at);
  return found;
}

/** Not after `from`, where a step would begin: midnight for days and all that is shorter. */
function firstMoment(from: number, { unit, count }: Step): number {
  const day = new Date(from);
  day.setHours(0, 0, 0, 0);
  if (unit === "month") day.setMonth(day.getMonth() - (day.getMonth() % count), 1);
  if (unit === "year") day.setFullYear(day.getFullYear() - (day.getFullYear() % count), 0, 1);
  if (unit === "day" || unit === "month" || unit === "year") return day.getTime();
  const ms = unitMs[unit] * count;
  return day.getTime() + Math.floor((from - day.getTime()) / ms) * ms;
}

/** By the calendar, so that days stay days when clocks change. */
function nextMoment(at: number, { unit, count }: Step): number {
  const date = new Date(at);
  if (unit === "day") return date.setDate(date.getDate() + count);
  if (unit === "month") return date.setMonth(date.getMonth() + count);
  if (unit === "year") return date.setFullYear(date.getFullYear() + count);
  return at + unitMs[unit] * count;
}
