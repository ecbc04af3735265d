export const pageSize = 100;

const pagesMax = 1_000_000;

/** Reads `?page=`; anything that is no page is the first. */
export function pageNumber(value: string | string[] | null | undefined): number {
  const page = typeof value === "string" && /^\d{1,7}$/.test(value) ? Number(value) : 1;
  return Math.min(Math.max(page, 1), pagesMax);
}

export function pageCount(total: number): number {
  return Math.max(1, Math.ceil(total / pageSize));
}

/** Query of a page of the same board, still watching the same player. */
export function pageHref(page: number, player: string | null): string {
  const query = new URLSearchParams();
  if (page > 1) query.set("page", String(page));
  if (player) query.set("player", player);
  return `?${query}`;
}
