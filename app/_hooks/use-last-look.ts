"use client";

import { useEffect } from "react";
import type { BoardLens } from "./board-lens";
import { keepLook, readLook } from "./last-look";
import type { Baseline } from "./moves-since";

/** Whoever was away for less has not looked away. */
const awayMinMs = 10_000;

/**
 * Tells the lens what the viewer saw last: on coming back to a hidden tab, and on a new visit within a week.
 * @param keeps whether the page shows the board's first, which is what is kept for the next visit.
 */
export function useLastLook(boardId: string, lens: BoardLens, keeps: boolean): void {
  useEffect(() => {
    const last = keeps ? readLook(boardId, Date.now()) : null;
    if (last && Date.now() - last.at >= awayMinMs) lens.comeBack(last);
    let left: Baseline | null = null;
    const onVisibility = () => {
      const now = Date.now();
      if (document.hidden) {
        left = lens.lookAway();
        keep();
      } else if (left && now - left.at >= awayMinMs) lens.comeBack(left);
    };
    /** A page that is closed while it is hidden keeps what was seen before. */
    const keep = () => {
      const seen = document.hidden ? left : lens.lookAway();
      if (keeps && seen) keepLook(boardId, seen);
    };
    if (document.hidden) onVisibility();
    document.addEventListener("visibilitychange", onVisibility);
    window.addEventListener("pagehide", keep);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      window.removeEventListener("pagehide", keep);
    };
  }, [boardId, lens, keeps]);
}
