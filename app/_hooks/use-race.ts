"use client";

import { useEffect, useState } from "react";
import type { Race, Timeline } from "@/lib/domain/history";
import { type Position, positionId } from "@/lib/domain/snapshot";
import { lookBack } from "./look-back";
import { afterLook, type FirstLook, nextLookMs, noRace, type RaceView } from "./race-view";
import { positionShape, type Shape } from "./shapes";

const raceShape: Shape<Race> = {
  ...positionShape,
  complete: true,
  players: [{ player: "", name: "", points: [[0, 0]] }],
};
const timelineShape: Shape<Timeline> = { complete: true, events: 0, seq: 0, marks: [[0, 0]] };

/** The race and its timeline, looked at again while the board, as far as the page knows it, has come further. */
export function useRace(boardId: string, first: FirstLook, position: Position): RaceView {
  const [view, setView] = useState(() => afterLook(noRace, first.race, first.timeline, Date.now()));
  const behind = view.race === null || positionId(view.race) !== positionId(position);
  useEffect(() => {
    const delayMs = nextLookMs(view, behind, Date.now());
    if (delayMs === null) return;
    let dropped = false;
    const look = async () => {
      const url = `/api/v1/boards/${boardId}`;
      const [race, timeline] = await Promise.all([
        lookBack<Race>(`${url}/race`, raceShape, "no-cache"),
        lookBack<Timeline>(`${url}/timeline`, timelineShape, "no-cache"),
      ]);
      if (!dropped) setView((before) => afterLook(before, race, timeline, Date.now()));
    };
    const timer = setTimeout(() => void look(), delayMs);
    return () => {
      dropped = true;
      clearTimeout(timer);
    };
  }, [boardId, view, behind]);
  return view;
}
