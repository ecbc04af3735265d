"use client";

import { useCallback, useMemo } from "react";
import { BoardNotice } from "@/app/_components/board/board-notice";
import { createFormats } from "@/app/_components/board/formats";
import { Freshness } from "@/app/_components/board/freshness";
import { StatusPill } from "@/app/_components/board/status-pill";
import type { Shape } from "@/app/_hooks/shapes";
import { againAfterMs, useLookBack } from "@/app/_hooks/use-look-back";
import { usePlayerStanding } from "@/app/_hooks/use-player-standing";
import { useTexts } from "@/app/_texts/use-texts";
import type { PlayerHistory } from "@/lib/domain/history";
import type { PlayerStanding } from "@/lib/domain/snapshot";
import { useBoard } from "./board-context";
import { Neighbours } from "./neighbours";
import { PlayerEvents } from "./player-events";
import { PlayerFacts } from "./player-facts";
import { PlayerHistoryCharts } from "./player-history-charts";
import { useAgain } from "./use-again";

const historyShape: Shape<PlayerHistory> = { complete: true, player: "", points: [[0, 0]] };

/** A player's standing, who is around, and how it came about. `standing` is what the server rendered. */
export function PlayerPage({ standing: first }: { standing: PlayerStanding }) {
  const t = useTexts("player");
  const board = useBoard();
  const { player } = first.entry;
  const url = `/api/v1/boards/${board.id}/players/${encodeURIComponent(player)}`;
  const live = usePlayerStanding(`${url}?around=3`, first);
  const { standing } = live;
  const { entry } = standing;
  const askAfterMs = useCallback(
    (data: PlayerHistory | undefined) => againAfterMs(data?.points.at(-1)?.[1] === entry.score),
    [entry.score],
  );
  const history = useLookBack<PlayerHistory>(`${url}/history`, historyShape, askAfterMs);
  useAgain(`${entry.rank} ${entry.score} ${entry.tiebreaks}`, history.again);
  const formats = useMemo(() => createFormats(t.locale, board.decimals), [t.locale, board.decimals]);

  return (
    <div className="flex flex-col gap-8">
      <header className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <div className="min-w-0 flex-1 basis-72">
          <p className="text-sm">
            <a href={`/boards/${board.id}`} className="link wrap-anywhere">
              <bdi>{board.name}</bdi>
            </a>
          </p>
          <h1 className="mt-1 font-bold text-3xl wrap-anywhere tracking-tight sm:text-4xl">
            <bdi>{entry.name}</bdi>
          </h1>
          {player !== entry.name && (
            <p className="wrap-anywhere mt-1 text-muted text-sm">{t.rich("id", { id: <bdi>{player}</bdi> })}</p>
          )}
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <StatusPill status={live.status} />
          <Freshness verifiedAt={live.verifiedAt} />
        </div>
      </header>
      <BoardNotice view={live} />
      <PlayerFacts board={board} standing={standing} history={history.data} formats={formats} />
      <Neighbours board={board} standing={standing} formats={formats} />
      <PlayerHistoryCharts
        board={board}
        name={entry.name}
        history={history.data}
        obstacle={history.obstacle}
        formats={formats}
      />
      <PlayerEvents board={board} entry={entry} url={`${url}/events`} formats={formats} />
    </div>
  );
}
