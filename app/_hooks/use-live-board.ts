"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import useSWR from "swr";
import { LiveBoard, type LiveBoardOptions } from "./live-board";
import type { LiveView } from "./live-view";

/**
 * SWR decides when to poll (interval, hidden tabs, focus, network back); the LiveBoard decides what it means.
 * `poll` never rejects: SWR stops its interval while an error is set, so failures only stretch the interval. It resolves to
 * nothing: the state is the LiveBoard's alone, and SWR's cache does not grow with every window that somebody scrolls past.
 */
export function useLiveBoard(options: LiveBoardOptions): { live: LiveBoard; view: LiveView } {
  const [live] = useState(() => new LiveBoard(options));
  const view = useLiveView(live);
  const { mutate } = useSWR(live.url, live.poll, {
    // A new function restarts SWR's timer, so that losing the stream does not leave the long interval running.
    refreshInterval: view.streaming ? live.nextBackstopMs : live.nextPollMs,
    // What the browser calls offline may be a machine that serves itself; a poll in vain costs nothing.
    refreshWhenOffline: true,
    focusThrottleInterval: 1_000,
    dedupingInterval: 400,
  });

  useEffect(() => live.start(() => void mutate()), [live, mutate]);
  useEffect(() => live.watch(options.player), [live, options.player]);
  return { live, view };
}

/** Also for parts of the page that come to life after the board has changed: they begin with what the server wrote. */
export function useLiveView(live: LiveBoard): LiveView {
  return useSyncExternalStore(live.subscribe, live.getView, live.getFirstView);
}
