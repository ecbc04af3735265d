"use client";

import { useEffect, useState } from "react";
import useSWR from "swr";
import type { PlayerStanding } from "@/lib/domain/snapshot";
import { type ConnectionStatus, connectionStatus } from "./connection-status";
import { getJson, retryAfterOf, UnexpectedAnswer } from "./get-json";
import { backoffMs, jitteredMs } from "./jitter";
import { watchPresence } from "./page-presence";

export interface LivePlayer {
  standing: PlayerStanding;
  status: ConnectionStatus;
  offline: boolean;
  serverStale: boolean;
  /** The board no longer exists: players stay as long as it does. */
  gone: boolean;
  /** When the server last confirmed what is shown, epoch milliseconds. */
  verifiedAt(): number;
}

const pollMs = 5_000;
const tickMs = 1_000;

/**
 * One player's standing, kept up to date by polling. `first` is what the server rendered.
 * `poll.ask` never rejects: SWR stops its interval while an error is set, so failures only stretch the interval.
 */
export function usePlayerStanding(url: string, first: PlayerStanding): LivePlayer {
  const [poll] = useState(() => newPoll(first));
  const { data = poll.start } = useSWR(["standing", url], poll.ask, {
    fallbackData: poll.start,
    refreshInterval: nextPollMs,
    // What the browser calls offline may be a machine that serves itself; a poll in vain costs nothing.
    refreshWhenOffline: true,
    focusThrottleInterval: 1_000,
    dedupingInterval: 400,
  });
  const { standing, gone, failures } = data;
  const serverStale = standing.stale === true;
  const status = useStatus(poll.verifiedAt, failures > 0, serverStale);
  return { standing, gone, ...status, serverStale, verifiedAt: poll.verifiedAt };
}

interface Polled {
  standing: PlayerStanding;
  gone: boolean;
  /** How many polls in a row have failed. */
  failures: number;
  /** What the last of them said of how long to wait. */
  retryAfterMs: number;
}

function newPoll(first: PlayerStanding) {
  const start: Polled = { standing: first, gone: false, failures: 0, retryAfterMs: 0 };
  let last = start;
  let verifiedAt = Date.now();
  return {
    start,
    verifiedAt: () => verifiedAt,
    async ask([, url]: [string, string]): Promise<Polled> {
      try {
        const answer = await getJson<PlayerStanding>(url).catch(nullIfMissing);
        verifiedAt = Date.now();
        last = { standing: answer ?? last.standing, gone: answer === null, failures: 0, retryAfterMs: 0 };
      } catch (error) {
        last = { ...last, failures: last.failures + 1, retryAfterMs: retryAfterOf(error) };
      }
      return last;
    },
  };
}

function nullIfMissing(error: unknown): null {
  if (error instanceof UnexpectedAnswer && error.missing) return null;
  throw error;
}

function nextPollMs(data: Polled | undefined): number {
  return data?.failures ? Math.max(data.retryAfterMs, backoffMs(data.failures)) : jitteredMs(pollMs);
}

function useStatus(verifiedAt: () => number, pollFailed: boolean, serverStale: boolean) {
  const [status, setStatus] = useState<ConnectionStatus>(serverStale ? "stale" : "polling");
  const [offline, setOffline] = useState(false);
  useEffect(() => {
    let offlineAt: number | null = null;
    const look = () => {
      // What arrives later proves the browser wrong.
      const isOffline = offlineAt !== null && verifiedAt() <= offlineAt;
      const facts = { verifiedAt: verifiedAt(), pollIntervalMs: pollMs, pollFailed, offline: isOffline, serverStale };
      setOffline(isOffline);
      setStatus(connectionStatus({ ...facts, stream: "off", heardAt: 0 }, Date.now()));
    };
    const unwatch = watchPresence((presence) => {
      offlineAt = presence.offline ? (offlineAt ?? Date.now()) : null;
      look();
    });
    const ticking = setInterval(look, tickMs);
    return () => {
      unwatch();
      clearInterval(ticking);
    };
  }, [verifiedAt, pollFailed, serverStale]);
  return { status, offline };
}
