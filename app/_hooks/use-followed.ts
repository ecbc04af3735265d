"use client";

import { useCallback, useSyncExternalStore } from "react";
import { Followed, parseFollowing } from "./followed";

const boards = new Map<string, Followed>();
const nobody = parseFollowing(null);

/** Who is followed on a board; all that ask on a page are given the same. The server knows nothing of it. */
export function useFollowed(boardId: string) {
  const subscribe = useCallback((listener: () => void) => followedOn(boardId).subscribe(listener), [boardId]);
  const following = useSyncExternalStore(
    subscribe,
    () => followedOn(boardId).get(),
    () => nobody,
  );
  return {
    ...following,
    toggle: (player: string) => followedOn(boardId).toggle(player),
    fold: (folded: boolean) => followedOn(boardId).fold(folded),
  };
}

function followedOn(boardId: string): Followed {
  const followed = boards.get(boardId) ?? new Followed(boardId);
  boards.set(boardId, followed);
  return followed;
}
