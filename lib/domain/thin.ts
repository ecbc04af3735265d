/**
 * Which of many values to draw: at most `max` indexes in order, the first and the last among them, and the low and the
 * high of each of equal parts between.
 */
export function thin(values: readonly number[], max: number): number[] {
  if (values.length <= max) return values.map((_, i) => i);
  const last = values.length - 1;
  const parts = Math.floor((max - 2) / 2);
  const bound = (part: number) => 1 + Math.floor((part * (last - 1)) / parts);
  const between = Array.from({ length: parts }, (_, part) => lowAndHigh(values, bound(part), bound(part + 1)));
  return [0, ...between.flat(), last];
}

/** Of the indexes from `from` up to before `to`, in their order; one where they are the same. */
function lowAndHigh(values: readonly number[], from: number, to: number): number[] {
  let low = from;
  let high = from;
  for (let i = from; i < to; i++) {
    if ((values[i] ?? 0) < (values[low] ?? 0)) low = i;
    if ((values[i] ?? 0) > (values[high] ?? 0)) high = i;
  }
  return low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
}

/** Up to `count` whole numbers from `first` to `last`, both among them, evenly apart. */
export function spread(first: number, last: number, count: number): number[] {
  const steps = Math.min(count - 1, last - first);
  if (steps <= 0) return steps === 0 && last >= first ? [last] : [];
  return Array.from({ length: steps + 1 }, (_, i) => first + Math.round((i * (last - first)) / steps));
}
