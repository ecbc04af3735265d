"use client";

import { useEffect, useState } from "react";
import useSWR from "swr";
import type { PlayerStanding } from "@/lib/domain/snapshot";
import { ask, isRefused, pollTimeoutMs } from "./ask";
import { type ConnectionStatus, connectionStatus } from "./connection-status";
import { watchPresence } from "./page-presence";
import { failureOf } from "./poll-board";
import { PollSchedule } from "./poll-schedule";
import { standingShape } from "./shapes";

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

/** The poll schedule's, which this API does not change for players. */
const pollIntervalMs = 5_000;
const tickMs = 1_000;

/**
 * One player's standing, kept up to date by polling. `first` is what the server rendered.
 * `poll.ask` never rejects: SWR stops its interval while an error is set, so failures only stretch the interval.
 */
export function usePlayerStanding(url: string, first: PlayerStanding): LivePlayer {
  const [poll] = useState(() => newPoll(first));
  const { data = poll.start } = useSWR(["standing", url], poll.ask, {
    fallbackData: poll.start,
    refreshInterval: poll.nextPollMs,
    // What the browser calls offline may be a machine that serves itself; a poll in vain costs nothing.
    refreshWhenOffline: true,
    focusThrottleInterval: 1_000,
    dedupingInterval: 400,
  });
  const { standing, gone, failing } = data;
  const serverStale = standing.stale === true;
  const status = useStatus(poll.verifiedAt, failing, serverStale);
  return { standing, gone, ...status, serverStale, verifiedAt: poll.verifiedAt };
}

interface Polled {
  standing: PlayerStanding;
  gone: boolean;
  failing: boolean;
}

function newPoll(first: PlayerStanding) {
  const start: Polled = { standing: first, gone: false, failing: false };
  const schedule = new PollSchedule();
  let last = start;
  let verifiedAt = Date.now();
  return {
    start,
    verifiedAt: () => verifiedAt,
    nextPollMs: () => schedule.delayMs(),
    async ask([, url]: [string, string]): Promise<Polled> {
      const askedAt = Date.now();
      const answer = await ask<PlayerStanding>(url, standingShape, { timeoutMs: pollTimeoutMs });
      const gone = isRefused(answer, "board-not-found", "player-not-found");
      const failing = answer.kind !== "found" && !gone;
      schedule.note(failing ? failureOf(answer) : { kind: "unchanged", pollIntervalMs: null }, Date.now() - askedAt);
      if (!failing) verifiedAt = Date.now();
      if (failing) last = { ...last, failing };
      else last = { standing: answer.kind === "found" ? answer.data : last.standing, gone, failing };
      return last;
    },
  };
}

function useStatus(verifiedAt: () => number, pollFailed: boolean, serverStale: boolean) {
  const [status, setStatus] = useState<ConnectionStatus>(serverStale ? "stale" : "polling");
  const [offline, setOffline] = useState(false);
  useEffect(() => {
    let offlineAt: number | null = null;
    const look = () => {
      // What arrives later proves the browser wrong.
      const isOffline = offlineAt !== null && verifiedAt() <= offlineAt;
      const facts = { verifiedAt: verifiedAt(), pollIntervalMs, pollFailed, offline: isOffline, serverStale };
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
