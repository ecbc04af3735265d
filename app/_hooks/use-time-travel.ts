"use client";

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { pageSize } from "@/app/_components/board/paging";
import { type Marks, type Moment, marksNear, queryOf } from "@/app/_components/race/marks";
import type { PastBoard } from "@/lib/domain/history";
import { lookBack } from "./look-back";
import { PastMoments, type PastView } from "./past-moments";
import { pastBoardShape } from "./shapes";
import { type Playback, usePlayback } from "./use-playback";

export interface FirstMoment {
  /** What the address asks for. */
  moment: Moment;
  /** The board then; null where that is now, or not known yet. */
  board: PastBoard | null;
}

export interface TimeTravel extends Playback {
  moment: Moment;
  past: PastView;
  /** Whether `past` shows the moment. */
  arrived: boolean;
  /** Pauses, and looks at another moment. */
  goTo(moment: Moment): void;
}

/** Enough for the fastest speed over a slow network. */
const aheadWhilePlaying = 8;
/** So long somebody stays at a moment before its neighbours are worth having, and its address, which browsers protect. */
const restMs = 400;

/** @param epoch of the board's index; with another one the past may be another, too */
export function useTimeTravel(boardId: string, epoch: string, marks: Marks, first: FirstMoment): TimeTravel {
  const [moment, setMoment] = useState(first.moment);
  const [moments] = useState(() => createMoments(boardId, first));
  const known = useRef(epoch);
  useEffect(() => {
    if (known.current !== epoch) moments.forget();
    known.current = epoch;
  }, [moments, epoch]);
  const past = useSyncExternalStore(moments.subscribe, moments.getView, moments.getView);
  const arrived = moment === null || past.shown?.query === queryOf(moment);
  const playback = usePlayback({ marks, moment, arrived, goTo: setMoment });
  const { playing, pause } = playback;
  useEffect(() => {
    const wantWith = (near: Moment[]) =>
      moments.want(
        moment && queryOf(moment),
        near.flatMap((one) => (one ? [queryOf(one)] : [])),
      );
    wantWith(playing ? marksNear(marks, moment, aheadWhilePlaying, false) : []);
    if (playing) return;
    const timer = setTimeout(() => wantWith(marksNear(marks, moment, 1, true)), restMs);
    return () => clearTimeout(timer);
  }, [moments, moment, marks, playing]);
  useEffect(() => () => moments.close(), [moments]);
  useMomentInAddress(moment);
  return {
    ...playback,
    moment,
    past,
    arrived,
    goTo(next) {
      pause();
      setMoment(next);
    },
  };
}

function createMoments(boardId: string, { moment, board }: FirstMoment): PastMoments {
  return new PastMoments({
    load: (query) =>
      lookBack<PastBoard>(`/api/v1/boards/${boardId}/at?${query}&limit=${pageSize}`, pastBoardShape, "default"),
    first: moment && board && { query: queryOf(moment), board },
  });
}

/** Keeps the moment in the address, so that it can be passed on, and comes back with the page. */
function useMomentInAddress(moment: Moment): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      const address = new URL(window.location.href);
      const { searchParams } = address;
      searchParams.delete("seq");
      searchParams.delete("at");
      if (moment && "seq" in moment) searchParams.set("seq", String(moment.seq));
      if (moment && "time" in moment) searchParams.set("at", new Date(moment.time).toISOString());
      if (address.href !== window.location.href) window.history.replaceState(null, "", address);
    }, restMs);
    return () => clearTimeout(timer);
  }, [moment]);
}
