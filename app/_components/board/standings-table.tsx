"use client";

import { useMemo, useRef } from "react";
import type { Moves } from "@/app/_hooks/moves";
import { useRowMotion } from "@/app/_hooks/use-row-motion";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import type { Entry } from "@/lib/domain/snapshot";
import { EntryRow } from "./entry-row";
import { columnLabel, type Formats } from "./formats";

interface StandingsTableProps {
  board: BoardView;
  entries: readonly Entry[];
  moves: Moves;
  formats: Formats;
  player: string | null;
  page: number;
}

export function StandingsTable({ board, entries, moves, formats, player, page }: StandingsTableProps) {
  const t = useTexts("board");
  const body = useRef<HTMLTableSectionElement>(null);
  useRowMotion(body, entries);
  const columns = useMemo(() => board.tiebreaks.map(({ name }) => columnLabel(name)), [board.tiebreaks]);
  return (
    <div className="card overflow-clip">
      <table className="w-full border-separate border-spacing-0 text-left">
        <caption className="sr-only">{t("caption", { board: board.name })}</caption>
        <thead className="sticky top-0 z-10 text-muted text-xs sm:text-sm">
          <tr>
            <HeaderCell className="w-0 pl-3 sm:pl-6">{t("rank")}</HeaderCell>
            <HeaderCell>{t("player")}</HeaderCell>
            <HeaderCell className={`text-right ${columns.length > 0 ? "max-sm:pr-4" : "pr-4 sm:pr-6"}`}>
              {t("score")}
            </HeaderCell>
            {columns.map((label, i) => (
              <HeaderCell key={label} className={`text-right max-sm:hidden ${i === columns.length - 1 ? "pr-6" : ""}`}>
                {label}
              </HeaderCell>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {entries.map((entry, i) => (
            <EntryRow
              key={entry.position}
              entry={entry}
              shared={entries[i - 1]?.rank === entry.rank || entries[i + 1]?.rank === entry.rank}
              move={moves.get(entry.player)}
              columns={columns}
              formats={formats}
              watched={entry.player === player}
              page={page}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeaderCell({ className = "", children }: { className?: string; children: string }) {
  return (
    <th
      scope="col"
      className={`whitespace-nowrap border-line border-b bg-surface px-1.5 py-2.5 font-medium sm:px-3 ${className}`}
    >
      {children}
    </th>
  );
}
