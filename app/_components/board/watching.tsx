"use client";

import { useInbox } from "@/app/_hooks/use-inbox";
import type { WatchedPlayer as Watched } from "@/app/_hooks/use-watched-player";
import type { Formats } from "./formats";
import { Moments } from "./moments";
import { WatchedPlayer } from "./watched-player";

interface WatchingProps {
  boardId: string;
  player: string;
  watched: Watched | "missing" | null;
  /** The newest item of the player's inbox that the stream has told of. */
  newestItem: number;
  page: number;
  /** Whether the table shows the player. */
  here: boolean;
  formats: Formats;
}

/** For those who watch a player, in sight wherever the page is scrolled to: the player's news and standing. */
export default function Watching({ boardId, newestItem, watched, ...rest }: WatchingProps) {
  const inbox = useInbox(boardId, rest.player, newestItem);
  return (
    <div className="sticky bottom-3 z-20">
      {inbox && <Moments {...inbox} />}
      {watched && <WatchedPlayer watched={watched} {...rest} />}
    </div>
  );
}
