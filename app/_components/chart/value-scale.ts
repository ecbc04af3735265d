/** Where values stand on an axis, and which of them it names. Pure. */
export interface ValueScale {
  /** From the lowest to the highest, both ends of the axis among them. */
  ticks: readonly number[];
  /** How far up the axis a value is: 0 at its low end, 1 at its high end. */
  share(value: number): number;
}

export interface Extent {
  min: number;
  max: number;
  /** Whether there is nothing between whole numbers, as with ranks. */
  whole: boolean;
}

export interface ScaleOptions {
  /** By powers of ten, where all values are above 0. */
  logarithmic?: boolean;
  /** There is no 0, as with ranks. */
  fromOne?: boolean;
}

/** @param wanted about how many steps there is room for. */
export function valueScale(extent: Extent, wanted: number, options: ScaleOptions = {}): ValueScale {
  const isLog = options.logarithmic && extent.min > 0;
  return isLog ? logScale(extent, wanted) : linearScale(extent, wanted, options.fromOne ?? false);
}

export function extentOf(lines: readonly { points: readonly (readonly [number, number])[] }[]): Extent {
  const extent = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, whole: true };
  for (const { points } of lines) {
    for (const [, value] of points) {
      extent.min = Math.min(extent.min, value);
      extent.max = Math.max(extent.max, value);
      extent.whole &&= Number.isInteger(value);
    }
  }
  return extent.min <= extent.max ? extent : { min: 0, max: 1, whole: true };
}

function linearScale({ min, max, whole }: Extent, wanted: number, fromOne: boolean): ValueScale {
  const room = min === max ? (whole ? 1 : Math.abs(min) * 0.05 || 1) : 0;
  const [low, high] = [min - room, max + room];
  const step = niceStep((high - low) / Math.max(1, wanted), whole);
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  const all = Array.from({ length: last - first + 1 }, (_, i) => exact((first + i) * step));
  return scaleOf(fromOne && whole && min >= 1 ? startAtOne(all) : all, (value) => value);
}

function startAtOne(ticks: number[]): number[] {
  if (ticks[0] !== 0) return ticks;
  const rest = ticks.filter((tick) => tick > 1);
  return [1, ...(rest.length > 0 ? rest : [2])];
}

function logScale({ min, max }: Extent, wanted: number): ValueScale {
  // One power more at each end: logarithms round.
  const [first, last] = [Math.floor(Math.log10(min)) - 1, Math.ceil(Math.log10(max)) + 1];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const all = powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  const from = all.findLastIndex((tick) => tick <= min);
  const to = Math.max(
    from + 1,
    all.findIndex((tick) => tick >= max),
  );
  const ticks = all.slice(from, to + 1);
  return scaleOf(ticks.length > wanted + 1 ? fewer(ticks, wanted) : ticks, Math.log10);
}

/** Powers of ten, as many as there is room for, between both ends. */
function fewer(ticks: readonly number[], wanted: number): number[] {
  const ends = [ticks[0] ?? 1, ticks.at(-1) ?? 1];
  const powers = ticks.slice(1, -1).filter((tick) => /^1(0*$|e)/.test(String(tick)) || /^0\.0*1$/.test(String(tick)));
  const each = Math.ceil(powers.length / Math.max(1, wanted - 1));
  return [ends[0] ?? 1, ...powers.filter((_, i) => i % each === each - 1), ends[1] ?? 1];
}

function scaleOf(ticks: readonly number[], stretch: (value: number) => number): ValueScale {
  const low = stretch(ticks[0] ?? 0);
  const high = stretch(ticks.at(-1) ?? 1);
  // Ticks of values with more digits than numbers have may be the same.
  return { ticks, share: (value) => (high > low ? (stretch(value) - low) / (high - low) : 0.5) };
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function niceStep(atLeast: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const digit = [1, 2, 5].find((candidate) => candidate * power >= atLeast * 0.999_999) ?? 10;
  return Math.max(whole ? 1 : 0, exact(digit * power));
}

/** Without what floats add: 0.1 x 3 is 0.3. */
function exact(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(15));
}
