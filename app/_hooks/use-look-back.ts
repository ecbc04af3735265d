"use client";

import useSWR from "swr";
import { UnexpectedAnswer } from "./get-json";
import { backoffMs } from "./jitter";

/** Why there is nothing to show yet: it is being read, it never will be, or nobody answers. */
export type Obstacle = "reading" | "tooLong" | "unreachable";

interface LookBack<T> {
  data: T | undefined;
  /** Null as soon as there is something to show, even if it is no longer the newest. */
  obstacle: Obstacle | null;
  /** Asks again now. */
  again(): void;
}

const timeoutMs = 15_000;

/** When to ask again for what agrees, or does not agree yet, with what else is known. */
export function againAfterMs(agrees: boolean): number {
  return agrees ? 30_000 : 5_000;
}

/**
 * What a route that looks back answers, asked for again from time to time and until it is ready.
 * @param refreshMs another function starts the time anew
 */
export function useLookBack<T>(url: string, refreshMs: (data: T | undefined) => number): LookBack<T> {
  const { data, error, mutate } = useSWR<T, unknown>(url, askBack, {
    refreshInterval: refreshMs,
    revalidateOnFocus: false,
    keepPreviousData: true,
    onErrorRetry: (failure, _key, _config, revalidate, { retryCount }) => {
      if (failure instanceof UnexpectedAnswer && failure.status === 409) return;
      const asked = failure instanceof NotReady ? failure.retryAfterMs : 0;
      setTimeout(() => revalidate({ retryCount }), Math.max(asked, backoffMs(retryCount)));
    },
  });
  return { data, obstacle: data === undefined && error ? obstacleOf(error) : null, again: () => void mutate() };
}

/** Throws `NotReady` or `UnexpectedAnswer`. What the browser has kept is confirmed by its tag. */
export async function askBack<T>(url: string): Promise<T> {
  const response = await fetch(url, { cache: "no-cache", signal: AbortSignal.timeout(timeoutMs) });
  if (response.status === 503) throw new NotReady(Number(response.headers.get("Retry-After")) || 0);
  if (!response.ok) throw new UnexpectedAnswer(response.status);
  return response.json();
}

class NotReady extends Error {
  readonly retryAfterMs: number;

  constructor(seconds: number) {
    super("the history is not ready yet");
    this.retryAfterMs = seconds * 1_000;
  }
}

function obstacleOf(error: unknown): Obstacle {
  if (error instanceof NotReady) return "reading";
  return error instanceof UnexpectedAnswer && error.status === 409 ? "tooLong" : "unreachable";
}
