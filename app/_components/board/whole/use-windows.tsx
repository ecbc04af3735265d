"use client";

import { type ReactNode, useEffect, useState } from "react";
import type { RowsInSight } from "@/app/_hooks/rows-in-sight";
import { covers, overlap, type Window, windowFor } from "@/app/_hooks/windows";
import { LiveWindow, type LoadedWindow } from "./live-window";

/** So long the same window must be wanted before it is asked for: who drags the scroll bar passes many. */
const restMs = 80;

/**
 * The window that the rows in sight are shown from. It is always one: rows of two windows may be of two moments, and a player
 * who moved in between would be seen twice or not at all.
 * @param page the window that the page itself keeps live
 * @returns with what has to be rendered to keep another window live
 */
export function useWindows(
  boardId: string,
  page: LoadedWindow,
  rows: RowsInSight | null,
): { source: LoadedWindow; keeper: ReactNode } {
  const [asked, setAsked] = useState<Window | null>(null);
  const [loaded, setLoaded] = useState<LoadedWindow | null>(null);
  const wanted = rows && !covers(page, rows.first, rows.end) ? windowFor(rows.first, rows.end, asked) : null;
  const [offset, limit] = [wanted?.offset, wanted?.limit];
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(offset === undefined || limit === undefined ? null : { offset, limit });
      // Nobody keeps it live any longer.
      if (offset === undefined) setLoaded(null);
    }, restMs);
    return () => clearTimeout(timer);
  }, [offset, limit]);
  const keeper = asked && (
    <LiveWindow
      key={`${asked.offset}/${asked.limit}`}
      boardId={boardId}
      {...asked}
      known={page.view.snapshot}
      onView={setLoaded}
    />
  );
  const shown = useHeld(loaded, page.view.heldAt !== null);
  return { source: rows && shown ? better(page, shown, rows) : page, keeper };
}

/** A paused page shows each window as it was when it was paused, or when it was scrolled to since. */
function useHeld(loaded: LoadedWindow | null, isPaused: boolean): LoadedWindow | null {
  const [held, setHeld] = useState<LoadedWindow | null>(null);
  const isOther = held?.offset !== loaded?.offset || held?.limit !== loaded?.limit;
  if (isPaused ? isOther : held) setHeld(isPaused ? loaded : null);
  return isPaused && !isOther ? held : loaded;
}

function better(page: LoadedWindow, loaded: LoadedWindow, { first, end, top, bottom }: RowsInSight): LoadedWindow {
  if (covers(page, first, end)) return page;
  return overlap(loaded, top, bottom) > overlap(page, top, bottom) || covers(loaded, first, end) ? loaded : page;
}
