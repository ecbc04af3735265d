/** Address of a player's page; of the board's, watching the player, for an id that no path can carry. */
export function playerHref(boardId: string, player: string): string {
  return /^\.\.?$/.test(player)
    ? watchHref(boardId, player)
    : `/boards/${boardId}/players/${encodeURIComponent(player)}`;
}

/** Address of the board's page, watching the player. */
export function watchHref(boardId: string, player: string): string {
  return `/boards/${boardId}?${new URLSearchParams({ player })}`;
}
