"use client";

import { useMemo } from "react";
import { BoardNotice } from "@/app/_components/board/board-notice";
import { createFormats } from "@/app/_components/board/formats";
import { pageHref, pageSize } from "@/app/_components/board/paging";
import { StatusPill } from "@/app/_components/board/status-pill";
import { useLiveBoard } from "@/app/_hooks/use-live-board";
import { useTexts } from "@/app/_texts/use-texts";
import type { Snapshot } from "@/lib/domain/snapshot";
import { EmbedTable } from "./embed-table";

interface EmbedPageProps {
  boardId: string;
  /** The state that the server rendered, and its tag. */
  snapshot: Snapshot;
  etag: string;
  rows: number;
  theme: "light" | "dark" | "auto";
  /** Marked where they are among the rows. */
  player: string | null;
  /** Of this site. */
  origin: string;
}

/** The first places, to be shown in a frame on somebody else's page. */
export function EmbedPage({ boardId, snapshot: first, etag, rows, theme, player, origin }: EmbedPageProps) {
  const t = useTexts("embed");
  const say = useTexts("board");
  const { view } = useLiveBoard({ boardId, limit: pageSize, offset: 0, player: null, snapshot: first, etag });
  const { board, entries, total } = view.snapshot;
  const formats = useMemo(() => createFormats(t.locale, board.decimals), [t.locale, board.decimals]);
  const shown = useMemo(() => entries.slice(0, rows), [entries, rows]);
  const address = `${origin}/boards/${boardId}`;
  return (
    <div data-embed={theme} className="flex grow flex-col border border-line bg-surface text-sm">
      <div className="flex items-center justify-between gap-2 px-3 py-2">
        <h1 className="line-clamp-2 min-w-0 font-semibold text-base wrap-anywhere leading-snug">
          <bdi>{board.name}</bdi>
        </h1>
        <StatusPill status={view.status} />
      </div>
      <div className="px-3 not-empty:pb-2">
        <BoardNotice view={view} />
      </div>
      {total === 0 ? (
        <p className="grow content-center px-3 py-6 text-center text-muted">{say("empty.title")}</p>
      ) : (
        <EmbedTable name={board.name} entries={shown} player={player} formats={formats} />
      )}
      <div className="mt-auto flex items-center justify-between gap-3 border-line border-t px-3 py-1.5 text-muted text-xs">
        {total > shown.length && (
          <p className="whitespace-nowrap tabular-nums">{t("top", { shown: shown.length, total })}</p>
        )}
        <a
          href={player === null ? address : address + pageHref(1, player)}
          target="_blank"
          rel="noopener"
          title={address}
          className="link relative truncate py-1"
        >
          {t("on", { address: address.replace(/^https?:\/\//, "") })}
          <span className="sr-only"> {t("newTab")}</span>
        </a>
      </div>
    </div>
  );
}
