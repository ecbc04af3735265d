/** Writes the numbers of one board for one viewer. */
export interface Formats {
  whole(value: number): string;
  score(value: number): string;
  /** A missing one as a dash. */
  tiebreak(value: number | null | undefined): string;
}

/** Scores show all of the board's decimals, so that points stand under points; tiebreaks only those they have. */
export function createFormats(locale: string, decimals: number): Formats {
  const formatter = (minimumFractionDigits: number, maximumFractionDigits: number) => {
    const format = new Intl.NumberFormat(locale, { minimumFractionDigits, maximumFractionDigits });
    return (value: number | null | undefined) => (value == null ? "–" : format.format(value));
  };
  return { whole: formatter(0, 0), score: formatter(decimals, decimals), tiebreak: formatter(0, decimals) };
}

/** `lastAcceptedAt` and `last_accepted_at` as people write it: "Last accepted at". */
export function columnLabel(name: string): string {
  return name
    .replace(/[_-]+/g, " ")
    .replace(/([a-z0-9])([A-Z])/g, (_match, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/^./, (first) => first.toUpperCase())
    .trim();
}
