"use client";

import { useEffect, useState } from "react";
import useSWR from "swr";
import type { PastBoard } from "@/lib/domain/history";
import type { BoardLens } from "./board-lens";
import { backoffMs } from "./jitter";
import { type Baseline, baselineOf } from "./moves-since";
import { pastBoardShape } from "./shapes";
import { answerOf, askBack } from "./use-look-back";

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** Whoever climbed from further down gets no arrow. */
const ranksMax = 500;

/** Not known yet; known; or the board has more of a past than can be looked back over. */
export type LastHour = "asking" | "known" | "too-long";

/** Tells the lens where everybody stood an hour ago while that is wanted: asked for at once, and then once a minute. */
export function useLastHour(boardId: string, lens: BoardLens, wanted: boolean): LastHour {
  const [tooLong, setTooLong] = useState(false);
  const { data } = useSWR(wanted ? ["an hour ago", boardId] : null, () => askPast(boardId), {
    refreshInterval: minuteMs,
    focusThrottleInterval: minuteMs,
    dedupingInterval: minuteMs - 5_000,
    compare: Object.is,
    onErrorRetry: (failure, _key, _config, revalidate, { retryCount }) => {
      const answer = answerOf(failure);
      if (answer?.kind === "too-long") {
        setTooLong(true);
        lens.setArrows("live");
        return;
      }
      const asked = answer?.kind === "waiting" ? answer.retryAfterMs : null;
      setTimeout(() => revalidate({ retryCount }), asked ?? backoffMs(retryCount + 2));
    },
  });
  useEffect(() => lens.setHour(data ?? null), [lens, data]);
  if (tooLong) return "too-long";
  return data ? "known" : "asking";
}

async function askPast(boardId: string): Promise<Baseline> {
  // Of a full minute, so that those who ask within one are given the same.
  const at = Math.floor((Date.now() - hourMs) / minuteMs) * minuteMs;
  const time = new Date(at).toISOString();
  const past = await askBack<PastBoard>(`/api/v1/boards/${boardId}/at?time=${time}&limit=${ranksMax}`, pastBoardShape);
  return baselineOf(past.entries, at);
}
