"use client";

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import useSWR from "swr";
import { jitteredMs } from "./jitter";
import { emptyInbox, type InboxView, PlayerInbox } from "./player-inbox";
import { forgetToken, takeToken } from "./player-token";
import { ShownMoments } from "./shown-moments";

const pollMs = 30_000;
const nextPollMs = () => jitteredMs(pollMs);
const nothing = { subscribe: () => () => {}, getView: () => emptyInbox };

/**
 * Null without a token for the player.
 * @param newest the newest item that the stream has told of; when it grows, the inbox is asked.
 */
export function useInbox(
  boardId: string,
  player: string,
  newest: number,
): { inbox: PlayerInbox; view: InboxView } | null {
  const { token, forget } = usePlayerToken(player);
  const inbox = useMemo(() => {
    if (token === null) return null;
    const shown = new ShownMoments(boardId, player, crypto.getRandomValues(new Uint32Array(2)).join("-"));
    return new PlayerInbox({ boardId, player, token, shown, onRefused: forget });
  }, [boardId, player, token, forget]);
  const { subscribe, getView } = inbox ?? nothing;
  const view = useSyncExternalStore(subscribe, getView, nothing.getView);
  useSWR(inbox && [inbox.url, token], () => inbox?.poll(), {
    refreshInterval: nextPollMs,
    refreshWhenOffline: true,
    focusThrottleInterval: 1_000,
  });
  useEffect(() => {
    if (newest > 0) void inbox?.poll();
  }, [inbox, newest]);
  return inbox && { inbox, view };
}

/** The token for the player in this tab; read after the first render, since the server knows nothing of it. */
function usePlayerToken(player: string): { token: string | null; forget: () => void } {
  const [held, setHeld] = useState<{ player: string; token: string | null } | null>(null);
  useEffect(() => {
    const read = () => setHeld({ player, token: takeToken(player) });
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, [player]);
  const forget = useCallback(() => {
    forgetToken(player);
    setHeld({ player, token: null });
  }, [player]);
  return { token: held !== null && held.player === player ? held.token : null, forget };
}
