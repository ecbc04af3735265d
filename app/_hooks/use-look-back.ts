"use client";

import useSWR from "swr";
import { backoffMs } from "./jitter";
import { type LookedBack, lookBack } from "./look-back";
import type { Shape } from "./shapes";

/** Why there is nothing to show yet: it is being read, it never will be, or nobody answers. */
export type Obstacle = "reading" | "tooLong" | "unreachable";

interface LookBack<T> {
  data: T | undefined;
  /** Null as soon as there is something to show, even if it is no longer the newest. */
  obstacle: Obstacle | null;
  /** Asks again now. */
  again(): void;
}

/** When to ask again for what agrees, or does not agree yet, with what else is known. */
export function againAfterMs(agrees: boolean): number {
  return agrees ? 30_000 : 5_000;
}

/**
 * What a route that looks back answers, asked for again from time to time and until it is ready.
 * @param refreshMs another function starts the time anew
 */
export function useLookBack<T>(url: string, shape: Shape<T>, refreshMs: (data: T | undefined) => number): LookBack<T> {
  const { data, error, mutate } = useSWR<T, unknown>(url, (asked: string) => askBack<T>(asked, shape), {
    refreshInterval: refreshMs,
    revalidateOnFocus: false,
    keepPreviousData: true,
    onErrorRetry: (failure, _key, _config, revalidate, { retryCount }) => {
      const answer = answerOf(failure);
      if (answer?.kind === "too-long") return;
      const asked = answer?.kind === "waiting" ? answer.retryAfterMs : 0;
      setTimeout(() => revalidate({ retryCount }), Math.max(asked ?? 0, backoffMs(retryCount)));
    },
  });
  return { data, obstacle: data === undefined && error ? obstacleOf(error) : null, again: () => void mutate() };
}

/** Throws `NothingFound`. What the browser has kept is confirmed by its tag. */
export async function askBack<T>(url: string, shape: Shape<T>): Promise<T> {
  const answer = await lookBack<T>(url, shape, "no-cache");
  if (answer.kind === "found") return answer.data;
  throw new NothingFound(answer);
}

class NothingFound extends Error {
  readonly answer: LookedBack<never>;

  constructor(answer: LookedBack<never>) {
    super(`what was asked for: ${answer.kind}`);
    this.answer = answer;
  }
}

/** What `askBack` found in place of what was asked for; null for any other error. */
export function answerOf(error: unknown): LookedBack<never> | null {
  return error instanceof NothingFound ? error.answer : null;
}

function obstacleOf(error: unknown): Obstacle {
  const answer = answerOf(error);
  if (answer?.kind === "too-long") return "tooLong";
  return answer?.kind === "waiting" && answer.retryAfterMs !== null ? "reading" : "unreachable";
}
