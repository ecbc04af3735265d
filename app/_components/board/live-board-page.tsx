"use client";

import { useSearchParams } from "next/navigation";
import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import { Apart } from "@/app/_components/apart";
import { useInBrowser } from "@/app/_hooks/use-in-browser";
import { useLiveBoard } from "@/app/_hooks/use-live-board";
import { useTexts } from "@/app/_texts/use-texts";
import type { Entry, Snapshot } from "@/lib/domain/snapshot";
import { Announcer } from "./announcer";
import { BoardHeader } from "./board-header";
import { BoardNotice } from "./board-notice";
import { BoardTools } from "./board-tools";
import { createFormats } from "./formats";
import { pageSize, placeNumber } from "./paging";
import { StandingsTable } from "./standings-table";

/** What few need comes when it is needed. */
const EmptyBoard = lazy(() => import("./empty-board"));
const Pager = lazy(() => import("./pager"));
const WholeTable = lazy(() => import("./whole/whole-table"));
const Watching = lazy(() => import("./watching"));

export interface LiveBoardPageProps {
  boardId: string;
  page: number;
  /** The state that the server rendered, and its tag. */
  snapshot: Snapshot;
  etag: string;
  origin: string;
  /** To other views of the board. */
  links: ReactNode;
}

export function LiveBoardPage({ boardId, page, snapshot: first, etag, origin, links }: LiveBoardPageProps) {
  const { locale } = useTexts("board");
  const search = useSearchParams();
  const player = search.get("player");
  const inBrowser = useInBrowser();
  /** Without a script there are pages. */
  const at = inBrowser ? placeNumber(search.get("at")) : null;
  const offset = (page - 1) * pageSize;
  const { live, view } = useLiveBoard({ boardId, limit: pageSize, offset, player, snapshot: first, etag });
  const [watched, setWatched] = useState<Entry>();
  const { board, total, entries } = view.snapshot;
  const formats = useMemo(() => createFormats(locale, board.decimals), [locale, board.decimals]);

  const table = (
    <StandingsTable snapshot={view.snapshot} moves={view.moves} formats={formats} player={player} page={page} />
  );

  return (
    <div className="flex flex-col gap-5">
      <BoardHeader board={board} total={total} status={view.status} formats={formats} verifiedAt={live.getVerifiedAt} />
      <BoardNotice view={view} />
      {total === 0 ? (
        <Apart part={EmptyBoard} board={board} origin={origin} />
      ) : (
        <>
          <BoardTools
            live={live}
            held={view.heldAt !== null}
            links={view.gone || links}
            boardId={boardId}
            page={page}
            player={player}
            formats={formats}
          />
          {at === null ? (
            table
          ) : (
            <Suspense fallback={table}>
              <WholeTable boardId={boardId} at={at} page={page} view={view} formats={formats} player={player} />
            </Suspense>
          )}
          {at === null && (page > 1 || total > pageSize) && (
            <Apart part={Pager} page={page} shown={entries.length} total={total} player={player} />
          )}
        </>
      )}
      <div className="docked">
        <div id="dock" tabIndex={-1} />
        {player !== null && (
          <Apart
            part={Watching}
            boardId={boardId}
            player={player}
            live={live}
            page={page}
            whole={at !== null}
            formats={formats}
            onStanding={setWatched}
          />
        )}
      </div>
      <Announcer status={view.status} leader={page === 1 ? entries[0] : undefined} watched={watched} />
    </div>
  );
}
