"use client";

import { useEffect } from "react";
import type { LiveBoard } from "@/app/_hooks/live-board";
import { useInbox } from "@/app/_hooks/use-inbox";
import { useLiveView } from "@/app/_hooks/use-live-board";
import { useWatchedPlayer } from "@/app/_hooks/use-watched-player";
import type { Entry } from "@/lib/domain/snapshot";
import type { Formats } from "./formats";
import { Moments } from "./moments";
import { WatchedPlayer } from "./watched-player";

interface WatchingProps {
  boardId: string;
  player: string;
  live: LiveBoard;
  page: number;
  /** Whether the table is that of the whole board. */
  whole: boolean;
  formats: Formats;
  /** Told of the player's standing, and of undefined when it is not known or nobody watches any more. */
  onStanding: (entry: Entry | undefined) => void;
}

/** For those who watch a player: the player's news and standing. */
export default function Watching({ boardId, player, live, page, whole, formats, onStanding }: WatchingProps) {
  const view = useLiveView(live);
  const watched = useWatchedPlayer(boardId, player, view);
  const inbox = useInbox(boardId, player, view.newestItem);
  const standing = watched === "missing" ? undefined : watched?.entry;
  useEffect(() => {
    onStanding(standing);
    return () => onStanding(undefined);
  }, [standing, onStanding]);
  const here = !whole && view.snapshot.entries.some((entry) => entry.player === player);
  return (
    <>
      {inbox && <Moments {...inbox} />}
      {watched && (
        <WatchedPlayer boardId={boardId} player={player} watched={watched} page={page} here={here} formats={formats} />
      )}
    </>
  );
}
