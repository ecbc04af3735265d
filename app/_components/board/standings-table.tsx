"use client";

import { useMemo, useRef } from "react";
import type { Moves } from "@/app/_hooks/moves";
import { useRowMotion } from "@/app/_hooks/use-row-motion";
import { useTexts } from "@/app/_texts/use-texts";
import type { Snapshot } from "@/lib/domain/snapshot";
import { EntryRow } from "./entry-row";
import { columnLabel, type Formats } from "./formats";
import { StandingsHead } from "./standings-head";

interface StandingsTableProps {
  snapshot: Pick<Snapshot, "board" | "entries" | "total">;
  moves: Moves;
  formats: Formats;
  player: string | null;
  page: number;
}

export function StandingsTable({ snapshot, moves, formats, player, page }: StandingsTableProps) {
  const t = useTexts("board");
  const { board, entries, total } = snapshot;
  const body = useRef<HTMLTableSectionElement>(null);
  useRowMotion(body, entries);
  const columns = useMemo(() => board.tiebreaks.map(({ name }) => columnLabel(name)), [board.tiebreaks]);
  return (
    <div className="card overflow-clip">
      <table aria-rowcount={total + 1} className="standings">
        <caption className="sr-only">{t("caption", { board: board.name })}</caption>
        <StandingsHead columns={columns} />
        <tbody ref={body}>
          {entries.map((entry, i) => (
            <EntryRow
              key={entry.position}
              entry={entry}
              shared={isShared(entries, i)}
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

/** Whether a neighbour has the same rank. */
export function isShared(entries: readonly { rank: number }[], i: number): boolean {
  const rank = entries[i]?.rank;
  return entries[i - 1]?.rank === rank || entries[i + 1]?.rank === rank;
}
