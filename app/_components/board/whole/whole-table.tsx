"use client";

import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { EntryRow } from "@/app/_components/board/entry-row";
import { columnLabel, type Formats } from "@/app/_components/board/formats";
import { pageSize, placeHref } from "@/app/_components/board/paging";
import { StandingsHead } from "@/app/_components/board/standings-head";
import { isShared } from "@/app/_components/board/standings-table";
import { onGoToPlace } from "@/app/_hooks/go-to-place";
import type { LiveView } from "@/app/_hooks/live-view";
import { useRowMotion } from "@/app/_hooks/use-row-motion";
import { useRowsInSight } from "@/app/_hooks/use-rows-in-sight";
import { useTexts } from "@/app/_texts/use-texts";
import type { Entry } from "@/lib/domain/snapshot";
import type { LoadedWindow } from "./live-window";
import { PlaceBar } from "./place-bar";
import { useWindows } from "./use-windows";
import { WaitingRow } from "./waiting-row";

interface WholeTableProps {
  boardId: string;
  /** The place that the address names, from 1. */
  at: number;
  /** The page that the server rendered, which `view` keeps live. */
  page: number;
  view: LiveView;
  formats: Formats;
  player: string | null;
}

/**
 * The whole board, however long: one table in which only the rows in sight exist, and scrolling brings the others. Begins as
 * the page that the server rendered.
 */
export default function WholeTable({ boardId, at, page, view, formats, player }: WholeTableProps) {
  const t = useTexts("board");
  const box = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const { board, total } = view.snapshot;
  const { rows, goTo } = useRowsInSight(box, total, at);
  const ownWindow = { offset: (page - 1) * pageSize, limit: pageSize, view };
  const { source, keeper } = useWindows(boardId, ownWindow, rows);
  const entries = useEntries(source, rows?.first ?? ownWindow.offset, rows?.end ?? ownWindow.offset + pageSize, total);
  const columns = useMemo(() => board.tiebreaks.map(({ name }) => columnLabel(name)), [board.tiebreaks]);
  const widest = useWidest(entries, formats, total);
  useArrival(boardId, body, goTo);
  useRowMotion(body, entries, (rows?.first ?? 0) * (rows?.rowHeight ?? 0));

  function go(place: number) {
    window.history.pushState(null, "", placeHref(place, player));
    goTo(place);
  }

  return (
    <>
      {rows && (
        <PlaceBar
          first={Math.min(rows.top + 1, total)}
          last={rows.bottom}
          total={total}
          status={source.view.status === view.status ? null : source.view.status}
          formats={formats}
          onGo={go}
        />
      )}
      {keeper}
      <div
        ref={box}
        data-whole-board
        className={`card overflow-clip [overflow-anchor:none] ${rows ? "[--bar:3.5rem]" : ""}`}
        style={
          rows
            ? { boxSizing: "content-box", paddingTop: rows.before, height: rows.head + rows.height - rows.before }
            : undefined
        }
      >
        <table
          aria-rowcount={total + 1}
          className={`standings even-rows ${total > 99_999 ? "long-ranks" : ""} ${columns.length > 0 ? "max-sm:[--row:4rem]" : ""}`}
        >
          <caption className="sr-only">{t("caption", { board: board.name })}</caption>
          <StandingsHead columns={columns} />
          <tbody ref={body}>
            {entries.map((entry, i) =>
              entry.player === "" ? (
                <WaitingRow
                  key={entry.position}
                  position={entry.position}
                  columns={columns.length}
                  text={formats.whole(entry.position)}
                />
              ) : (
                <EntryRow
                  key={entry.position}
                  entry={entry}
                  shared={isShared(entries, i)}
                  move={source.view.moves.get(entry.player)}
                  columns={columns}
                  formats={formats}
                  watched={entry.player === player}
                  page={page}
                />
              ),
            )}
          </tbody>
          {/* Keeps columns as wide as their widest text so far, so that none jumps while the table scrolls. */}
          <tfoot aria-hidden="true" className="collapse">
            <EntryRow
              entry={widest}
              shared
              move={undefined}
              columns={columns}
              formats={formats}
              watched={false}
              page={page}
            />
          </tfoot>
        </table>
      </div>
    </>
  );
}

/** Whoever is sent to a place goes there, also where the address names it already, and has the focus on its row. */
function useArrival(
  boardId: string,
  body: RefObject<HTMLTableSectionElement | null>,
  goTo: (place: number) => void,
): void {
  const sentTo = useRef<number | null>(null);
  useEffect(
    () =>
      onGoToPlace(boardId, (place) => {
        sentTo.current = place;
        goTo(place);
      }),
    [boardId, goTo],
  );
  // With every render: the row may come with any of them.
  useLayoutEffect(() => {
    if (sentTo.current === null) return;
    const link = body.current?.querySelector<HTMLElement>(`[aria-rowindex="${sentTo.current + 1}"] a`);
    if (!link) return;
    sentTo.current = null;
    link.focus({ preventScroll: true });
  });
}

/** The entries of those rows, with a player of no name where they are not known yet; at least one, to be measured. */
function useEntries({ offset, view }: LoadedWindow, first: number, end: number, total: number): Entry[] {
  const { entries } = view.snapshot;
  return useMemo(() => {
    const count = Math.max(1, Math.min(end, total) - first);
    return Array.from({ length: count }, (_, i) => entries[first + i - offset] ?? waiting(first + i + 1));
  }, [entries, offset, first, end, total]);
}

function waiting(position: number): Entry {
  return { rank: 0, position, player: "", name: "", score: Number.NaN, tiebreaks: [] };
}

/** An entry with the widest numbers seen so far. */
function useWidest(entries: readonly Entry[], formats: Formats, total: number): Entry {
  const [widest, setWidest] = useState<Entry>({ ...waiting(0), score: 0 });
  const wider = entries.reduce((so, entry) => widen(so, entry, formats), widest);
  if (wider !== widest) setWidest(wider);
  return useMemo(() => ({ ...wider, rank: total }), [wider, total]);
}

function widen(widest: Entry, { player, score, tiebreaks }: Entry, { score: text, tiebreak }: Formats): Entry {
  if (player === "") return widest;
  const isWider = text(score).length > text(widest.score).length;
  const wider = tiebreaks.map((value, i) => {
    const known = widest.tiebreaks[i] ?? null;
    return tiebreak(value).length > tiebreak(known).length ? value : known;
  });
  if (!isWider && wider.every((value, i) => value === (widest.tiebreaks[i] ?? null))) return widest;
  return { ...widest, score: isWider ? score : widest.score, tiebreaks: wider };
}
