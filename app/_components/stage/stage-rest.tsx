"use client";

import { type RefObject, useEffect, useRef, useState } from "react";
import type { Formats } from "@/app/_components/board/formats";
import { MoveMark } from "@/app/_components/board/move-mark";
import type { Moves } from "@/app/_hooks/moves";
import { useRowMotion } from "@/app/_hooks/use-row-motion";
import { useTexts } from "@/app/_texts/use-texts";
import type { Entry } from "@/lib/domain/snapshot";
import { SpokenHead } from "./spoken-head";

interface StageRestProps {
  entries: readonly Entry[];
  firstPlace: number;
  total: number;
  moves: Moves;
  formats: Formats;
}

/** Long enough to find a name in. */
const turnMs = 8_000;

/** Those below the podium, as many at a time as fit, in turns. */
export function StageRest({ entries, firstPlace, total, moves, formats }: StageRestProps) {
  const t = useTexts("stage");
  const room = useRef<HTMLDivElement>(null);
  const rowsAtOnce = useRowsThatFit(room);
  const turns = Math.max(1, Math.ceil(entries.length / rowsAtOnce));
  const turn = useTurn(turns);
  const from = turn * rowsAtOnce;
  const shown = entries.slice(from, from + rowsAtOnce);
  const [first, last] = [firstPlace + from, firstPlace + from + shown.length - 1];
  return (
    <div className="flex min-h-0 grow flex-col gap-[1vh]">
      <div ref={room} className="min-h-0 grow overflow-hidden">
        {shown.length > 0 && <StageRows key={turn} entries={shown} moves={moves} formats={formats} />}
      </div>
      {shown.length > 0 && (
        <p className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-[clamp(0.875rem,1.8vh,1.25rem)] text-muted tabular-nums">
          {t("rest", { first, last, total })}
          <span aria-hidden="true" className="flex gap-2">
            {turns > 1 &&
              Array.from({ length: turns }, (_, i) => i).map((i) => (
                <span key={i} className={`size-2 rounded-full ${i === turn ? "bg-accent" : "bg-line"}`} />
              ))}
          </span>
        </p>
      )}
    </div>
  );
}

function StageRows({ entries, moves, formats }: Pick<StageRestProps, "entries" | "moves" | "formats">) {
  const body = useRef<HTMLTableSectionElement>(null);
  useRowMotion(body, entries);
  return (
    <table className="w-full border-separate border-spacing-0 motion-safe:animate-arrive">
      <SpokenHead />
      <tbody ref={body} className="text-[clamp(1rem,min(2.8vh,4.4vw),2.5rem)] tabular-nums">
        {entries.map((entry) => (
          <tr key={entry.position} data-row className="tint-layer relative h-[clamp(2rem,5.6vh,5rem)]">
            <td className="w-0 whitespace-nowrap border-line border-b bg-paper pr-[2vw] text-muted">
              <span className="relative flex items-center gap-3">
                {formats.whole(entry.rank)}
                <MoveMark places={moves.get(entry.player)?.places ?? 0} />
              </span>
            </td>
            <th scope="row" className="w-full max-w-0 truncate border-line border-b bg-paper text-left font-medium">
              <bdi>{entry.name}</bdi>
            </th>
            <td className="w-0 whitespace-nowrap border-line border-b bg-paper pl-[2vw] text-right font-semibold">
              {formats.score(entry.score)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How many rows the room has space for, also after the window has changed. */
function useRowsThatFit(room: RefObject<HTMLDivElement | null>): number {
  const [rows, setRows] = useState(6);
  useEffect(() => {
    const box = room.current;
    if (!box) return;
    const watching = new ResizeObserver(() => {
      const height = box.querySelector("[data-row]")?.getBoundingClientRect().height;
      if (height) setRows(Math.max(1, Math.floor(box.clientHeight / height)));
    });
    watching.observe(box);
    return () => watching.disconnect();
  }, [room]);
  return rows;
}

function useTurn(turns: number): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((now) => now + 1), turnMs);
    return () => clearInterval(timer);
  }, []);
  return turn % turns;
}
