/** From so many players on, and up to such a share, a share says something. */
const totalMin = 20;
const shareMax = 0.5;

/**
 * The best part of all players that this one is among, such as 0.03 for the top 3 %; rounded up, to tenths of a per cent
 * below one. Null where it would say nothing.
 * @param percentile percentage of players that this one is level with or ahead of
 */
export function topShare(percentile: number, total: number): number | null {
  const percent = 100 - percentile + 100 / total;
  // A hair less, since the percentile comes rounded to hundredths.
  const shown = (percent < 1 ? Math.ceil(percent * 10 - 0.05) / 10 : Math.ceil(percent - 0.005)) / 100;
  return total < totalMin || shown > shareMax ? null : Math.max(shown, 0.001);
}
