"use client";

import { useEffect, useState } from "react";
import useSWR from "swr";
import type { PastBoard } from "@/lib/domain/history";
import type { BoardLens } from "./board-lens";
import { UnexpectedAnswer } from "./get-json";
import { backoffMs } from "./jitter";
import { type Baseline, baselineOf } from "./moves-since";

const hourMs = 3_600_000;
const minuteMs = 60_000;
const timeoutMs = 20_000;
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
      if (isTooLong(failure)) {
        setTooLong(true);
        lens.setArrows("live");
        return;
      }
      const waitMs = failure instanceof NotYet ? failure.retryAfterMs : backoffMs(retryCount + 2);
      setTimeout(() => revalidate({ retryCount }), waitMs);
    },
  });
  useEffect(() => lens.setHour(data ?? null), [lens, data]);
  if (tooLong) return "too-long";
  return data ? "known" : "asking";
}

/** The server is still reading the board's past. */
class NotYet extends Error {
  readonly retryAfterMs: number;

  constructor(response: Response) {
    super("not yet");
    this.retryAfterMs = 1_000 * Math.min(Math.max(Number(response.headers.get("Retry-After")) || 2, 1), 60);
  }
}

async function askPast(boardId: string): Promise<Baseline> {
  // Of a full minute, so that those who ask within one are given the same.
  const at = Math.floor((Date.now() - hourMs) / minuteMs) * minuteMs;
  const url = `/api/v1/boards/${boardId}/at?time=${new Date(at).toISOString()}&limit=${ranksMax}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (response.status === 503) throw new NotYet(response);
  if (!response.ok) throw new UnexpectedAnswer(response.status);
  const past: PastBoard = await response.json();
  return baselineOf(past.entries, at);
}

function isTooLong(error: unknown): boolean {
  return error instanceof UnexpectedAnswer && error.status === 409;
}
