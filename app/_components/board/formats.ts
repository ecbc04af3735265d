/** Writes the numbers of one board for one viewer. */
export interface Formats {
  whole(value: number): string;
  score(value: number): string;
  tiebreak(value: number): string;
}

/** Scores show all of the board's decimals, so that points stand under points; tiebreaks only those they have. */
export function createFormats(locale: string, decimals: number): Formats {
  const formatter = (minimumFractionDigits: number, maximumFractionDigits: number) => {
    const format = new Intl.NumberFormat(locale, { minimumFractionDigits, maximumFractionDigits });
    return (value: number) => format.format(value);
  };
  return { whole: formatter(0, 0), score: formatter(decimals, decimals), tiebreak: formatter(0, decimals) };
}

/** `lastAcceptedAt` and `last_accepted_at` as people write it: "Last accepted at". */
export function columnLabel(name: string): string {
  const words = name
    .replace(/[_-]+/g, " ")
    .replace(/([a-z0-9])([A-Z])/g, (_match, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
