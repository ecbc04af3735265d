import { useSyncExternalStore } from "react";
import type { Formats } from "@/app/_components/board/formats";
import { MoveMark } from "@/app/_components/board/move-mark";
import { Rank } from "@/app/_components/board/rank";
import { WatchLink } from "@/app/_components/board/watch-link";
import type { LiveBoard } from "@/app/_hooks/live-board";
import { useFollowed } from "@/app/_hooks/use-followed";
import { type FollowedStanding, useFollowedStandings } from "@/app/_hooks/use-followed-standings";
import { useTexts } from "@/app/_texts/use-texts";
import { FollowButton } from "./follow-button";

interface FollowedCardProps {
  live: LiveBoard;
  boardId: string;
  page: number;
  formats: Formats;
}

/** The players whom this browser's viewer follows, wherever on the board they stand. */
export function FollowedCard({ live, boardId, page, formats }: FollowedCardProps) {
  const t = useTexts("tools");
  const { players, folded, fold } = useFollowed(boardId);
  const view = useSyncExternalStore(live.subscribe, live.getView, live.getView);
  const standings = useFollowedStandings(boardId, players, view);
  return (
    <details
      open={!folded}
      onToggle={(event) => fold(!event.currentTarget.open)}
      className="card overflow-clip tabular-nums"
    >
      <summary className="px-3 py-2.5 font-medium focus-visible:-outline-offset-2 sm:px-6">
        {t("followed", { count: players.length })}
      </summary>
      <ul aria-label={t("followed", { count: players.length })}>
        {standings.map((standing) => (
          <FollowedRow key={standing.player} standing={standing} boardId={boardId} page={page} formats={formats} />
        ))}
      </ul>
    </details>
  );
}

type FollowedRowProps = Omit<FollowedCardProps, "live"> & { standing: FollowedStanding };

function FollowedRow({ standing: { player, entry, places }, boardId, page, formats }: FollowedRowProps) {
  const t = useTexts("tools");
  const name = entry?.name ?? player;
  return (
    <li className="flex items-center gap-2 border-line border-t py-1 pr-2 pl-3 max-sm:py-2 sm:gap-3 sm:pr-4 sm:pl-6">
      <span className="relative flex min-w-11 items-center sm:min-w-24 sm:gap-2">
        {entry && <Rank rank={entry.rank} shared={false} text={formats.whole(entry.rank)} />}
        <MoveMark places={places} />
      </span>
      <WatchLink
        page={page}
        player={player}
        title={name}
        className="min-w-0 grow truncate rounded-sm font-medium hover:underline hover:underline-offset-4"
      >
        <bdi>{name}</bdi>
      </WatchLink>
      {entry && <span className="whitespace-nowrap font-semibold">{formats.score(entry.score)}</span>}
      {entry === null && <span className="text-muted text-sm">{t("notHere")}</span>}
      <FollowButton boardId={boardId} player={player} name={name} />
    </li>
  );
}
