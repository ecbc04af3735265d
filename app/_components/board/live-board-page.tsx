"use client";

import { useSearchParams } from "next/navigation";
import { lazy, Suspense, useMemo } from "react";
import { useLiveBoard } from "@/app/_hooks/use-live-board";
import { useWatchedPlayer } from "@/app/_hooks/use-watched-player";
import { useTexts } from "@/app/_texts/use-texts";
import type { Snapshot } from "@/lib/domain/snapshot";
import { Announcer } from "./announcer";
import { BoardHeader } from "./board-header";
import { BoardNotice } from "./board-notice";
import { BoardTools } from "./board-tools";
import { createFormats } from "./formats";
import { pageSize } from "./paging";
import { StandingsTable } from "./standings-table";

/** What few need comes when it is needed. */
const EmptyBoard = lazy(() => import("./empty-board"));
const Pager = lazy(() => import("./pager"));
const Watching = lazy(() => import("./watching"));

export interface LiveBoardPageProps {
  boardId: string;
  page: number;
  /** The state that the server rendered, and its tag. */
  snapshot: Snapshot;
  etag: string;
  origin: string;
}

export function LiveBoardPage({ boardId, page, snapshot: first, etag, origin }: LiveBoardPageProps) {
  const { locale } = useTexts("board");
  const player = useSearchParams().get("player");
  const offset = (page - 1) * pageSize;
  const { live, view } = useLiveBoard({ boardId, limit: pageSize, offset, player, snapshot: first, etag });
  const watched = useWatchedPlayer(boardId, player, view);
  const { board, total, entries } = view.snapshot;
  const formats = useMemo(() => createFormats(locale, board.decimals), [locale, board.decimals]);

  return (
    <div className="flex flex-col gap-5">
      <BoardHeader board={board} total={total} status={view.status} formats={formats} verifiedAt={live.getVerifiedAt} />
      <BoardNotice view={view} />
      {total === 0 ? (
        <Suspense fallback={null}>
          <EmptyBoard board={board} origin={origin} />
        </Suspense>
      ) : (
        <>
          <BoardTools boardId={boardId} page={page} formats={formats} />
          <StandingsTable
            board={board}
            entries={entries}
            moves={view.moves}
            formats={formats}
            player={player}
            page={page}
          />
          {(page > 1 || total > pageSize) && (
            <Suspense fallback={null}>
              <Pager page={page} shown={entries.length} total={total} player={player} />
            </Suspense>
          )}
        </>
      )}
      {player !== null && (
        <Suspense fallback={null}>
          <Watching
            boardId={boardId}
            player={player}
            watched={watched}
            newestItem={view.newestItem}
            page={page}
            entries={entries}
            formats={formats}
          />
        </Suspense>
      )}
      <Announcer
        status={view.status}
        leader={page === 1 ? entries[0] : undefined}
        watched={watched === "missing" ? undefined : watched?.entry}
      />
    </div>
  );
}
