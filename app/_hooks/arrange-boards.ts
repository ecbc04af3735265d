import type { BoardSummary } from "@/lib/domain/board-list";

/** A board that changed so lately counts as live. */
const liveForMs = 5 * 60_000;

/**
 * Boards that are shown already keep their places among each other, however often they change: nothing moves under a
 * pointer. Those that come new go first, in the order given.
 */
export function arrangeBoards(shown: readonly BoardSummary[], boards: readonly BoardSummary[]): BoardSummary[] {
  const places = new Map(shown.map(({ id }, place) => [id, place]));
  return boards.toSorted((a, b) => (places.get(a.id) ?? -1) - (places.get(b.id) ?? -1));
}

export function isLive({ changedAt }: BoardSummary, now: number): boolean {
  return changedAt !== null && now - Date.parse(changedAt) < liveForMs;
}
