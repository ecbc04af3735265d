import type { BoardSort } from "@/lib/domain/board-list";
import { boardsQuery } from "@/lib/http/board-list";

type Address = Record<string, string | string[] | undefined>;

/** What an address asks of a list of boards by `q` and `after`; what is no search or no page of the list is left out. */
export function readListAddress({ q, after }: Address, sort: BoardSort, limit: number) {
  const list = { sort, limit: String(limit) };
  const wanted = typeof q === "string" ? q.trim() : "";
  const searched = boardsQuery.safeParse({ ...list, q: wanted });
  const kept = searched.success ? { ...list, q: wanted } : list;
  const paged = boardsQuery.safeParse({ ...kept, after });
  const isPage = typeof after === "string" && paged.success;
  return {
    query: isPage ? paged.data : boardsQuery.parse(kept),
    q: searched.success ? wanted : "",
    after: isPage ? after : null,
  };
}
