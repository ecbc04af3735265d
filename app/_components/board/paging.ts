export const pageSize = 100;

/** Reads `?at=`, a place of the board from 1; null for anything else. */
export function placeNumber(value: string | string[] | null | undefined): number | null {
  return typeof value === "string" && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : null;
}

/** The page that a place is on, from 1. */
export function pageOf(place: number | null): number {
  return Math.ceil((place ?? 1) / pageSize);
}

export function pageCount(total: number): number {
  return Math.max(1, pageOf(total));
}

/** Query of a place of the same board, still watching the same player. */
export function placeHref(place: number | null, player: string | null): string {
  const query = new URLSearchParams();
  if (place !== null) query.set("at", String(place));
  if (player) query.set("player", player);
  return `?${query}`;
}

/** The same of a page. */
export function pageHref(page: number, player: string | null): string {
  return placeHref(page > 1 ? (page - 1) * pageSize + 1 : null, player);
}
