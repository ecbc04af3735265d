"use client";

import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { BoardNotice } from "@/app/_components/board/board-notice";
import { createFormats } from "@/app/_components/board/formats";
import { pageSize } from "@/app/_components/board/paging";
import type { FirstLook } from "@/app/_hooks/race-view";
import { useLiveBoard } from "@/app/_hooks/use-live-board";
import { useRace } from "@/app/_hooks/use-race";
import { type FirstMoment, type TimeTravel, useTimeTravel } from "@/app/_hooks/use-time-travel";
import { useTexts } from "@/app/_texts/use-texts";
import type { Entry, Snapshot } from "@/lib/domain/snapshot";
import { type Marks, momentAt, timeOf } from "./marks";
import { PastNotice } from "./past-notice";
import { RaceChart } from "./race-chart";
import { RaceHeader } from "./race-header";
import { ShownBoard } from "./shown-board";
import { TimeBar } from "./time-bar";
import { useMomentText } from "./use-moment-text";

interface RacePageProps {
  boardId: string;
  /** The state that the server rendered, and its tag. */
  snapshot: Snapshot;
  etag: string;
  first: FirstLook & FirstMoment & { misread: boolean };
}

const none: Marks = [];

/** How a board came to be what it is: the lines of those who lead, and the board itself at any moment. */
export function RacePage({ boardId, snapshot, etag, first }: RacePageProps) {
  const t = useTexts("race");
  const player = useSearchParams().get("player");
  const { live, view } = useLiveBoard({ boardId, limit: pageSize, offset: 0, player: null, snapshot, etag });
  const look = useRace(boardId, first, view.snapshot);
  const { race, timeline, refused } = look;
  const marks = timeline?.marks ?? none;
  const travel = useTimeTravel(boardId, view.snapshot.epoch, marks, first);
  const moment = refused ? null : travel.moment;
  const time = moment === null ? null : timeShown(marks, travel);
  const momentText = useMomentText();
  const { board, total, entries } = view.snapshot;
  const formats = useMemo(() => createFormats(t.locale, board.decimals), [t.locale, board.decimals]);
  const past = moment === null ? null : travel.past;
  const shared = { time, player, formats, momentText };
  return (
    <div className="flex flex-col gap-5">
      <RaceHeader board={board} view={view} verifiedAt={live.getVerifiedAt} isNow={moment === null} />
      <BoardNotice view={view} />
      <PastNotice look={look} past={travel.past} misread={first.misread} empty={total === 0} momentText={momentText} />
      {total > 0 && !refused && (
        <RaceChart
          {...shared}
          board={board}
          race={race}
          timeline={timeline}
          entries={past === null ? entries : entriesShown(travel)}
          asOf={Date.parse(snapshot.asOf)}
          onPick={(at) => travel.goTo(momentAt(marks, at))}
        />
      )}
      {marks.length > 1 && (
        <TimeBar marks={marks} moment={moment} text={time === null ? t("now") : momentText(time)} travel={travel} />
      )}
      {total > 0 && <ShownBoard {...shared} live={view} past={past} arrived={travel.arrived} />}
    </div>
  );
}

function entriesShown({ past, arrived }: TimeTravel): readonly Entry[] | null {
  return (arrived && past.shown?.board.entries) || null;
}

/** When a moment of the past was: by the clock, or when the event happened that it comes right after. */
function timeShown(marks: Marks, { moment, past, arrived }: TimeTravel): number | null {
  const at = arrived && moment && "seq" in moment ? past.shown?.board.at : null;
  return at ? Date.parse(at) : timeOf(marks, moment);
}
