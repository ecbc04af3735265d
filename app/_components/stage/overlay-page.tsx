"use client";

import { useMemo, useRef } from "react";
import { createFormats } from "@/app/_components/board/formats";
import { pageSize } from "@/app/_components/board/paging";
import { Rank } from "@/app/_components/board/rank";
import { useLiveBoard } from "@/app/_hooks/use-live-board";
import { useRowMotion } from "@/app/_hooks/use-row-motion";
import { useTexts } from "@/app/_texts/use-texts";
import type { Snapshot } from "@/lib/domain/snapshot";
import { SpokenHead } from "./spoken-head";

interface OverlayPageProps {
  boardId: string;
  /** The state that the server rendered, and its tag. */
  snapshot: Snapshot;
  etag: string;
  rows: number;
  theme: "light" | "dark";
}

/** The first places on nothing, to be laid over a video. */
export function OverlayPage({ boardId, snapshot: first, etag, rows, theme }: OverlayPageProps) {
  const t = useTexts("board");
  const { view } = useLiveBoard({ boardId, limit: pageSize, offset: 0, player: null, snapshot: first, etag });
  const { board, entries } = view.snapshot;
  const formats = useMemo(() => createFormats(t.locale, board.decimals), [t.locale, board.decimals]);
  const shown = useMemo(() => entries.slice(0, rows), [entries, rows]);
  const body = useRef<HTMLTableSectionElement>(null);
  useRowMotion(body, shown);
  const shared = (i: number) => shown[i]?.rank === shown[i - 1]?.rank || shown[i]?.rank === shown[i + 1]?.rank;
  return (
    <div data-overlay={theme} data-status={view.status} className="p-3 text-ink">
      <div className="card max-w-md overflow-clip">
        <h1 className="truncate border-line border-b px-4 py-2 font-semibold">
          <bdi>{board.name}</bdi>
        </h1>
        <table className="w-full border-separate border-spacing-0 tabular-nums">
          <SpokenHead />
          <tbody ref={body}>
            {shown.map((entry, i) => (
              <tr key={entry.position} className="tint-layer relative">
                <td className="w-0 bg-surface py-1 pl-3">
                  <Rank rank={entry.rank} shared={shared(i)} text={formats.whole(entry.rank)} />
                </td>
                <th scope="row" className="max-w-0 truncate bg-surface px-3 text-left font-medium">
                  <bdi>{entry.name}</bdi>
                </th>
                <td className="w-0 whitespace-nowrap bg-surface pr-4 text-right font-semibold">
                  {formats.score(entry.score)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
