/** Among fewer players, or of more of them, it would be no praise. */
const totalMin = 20;
const percentMax = 50;

/**
 * The smallest percentage of which one can honestly say "in the top so many percent": rounded up, to whole percents from
 * 1 on and to one digit that says something below. Position 3 of 1,000 gives 0.3, 1 of 10 gives 10.
 */
export function topPercent(position: number, total: number): number {
  if (position >= total || position < 1) return 100;
  // Whole numbers up to the division, so that no rounding error is rounded up.
  let scale = 1;
  while (100 * position * scale < total) scale *= 10;
  return Math.ceil((100 * position * scale) / total) / scale;
}

/** The same as a share of 1, such as 0.03; null where it would say nothing. */
export function topShare(position: number, total: number): number | null {
  const percent = topPercent(position, total);
  return total < totalMin || percent > percentMax ? null : percent / 100;
}
