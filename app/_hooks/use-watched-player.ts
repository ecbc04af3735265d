"use client";

import useSWR from "swr";
import type { Entry, PlayerStanding } from "@/lib/domain/snapshot";
import { ask, isRefused, pollTimeoutMs } from "./ask";
import { backoffMs } from "./jitter";
import type { LiveView } from "./live-view";
import { NoReply } from "./reply-of";
import { standingShape } from "./shapes";

/** The player somebody is watching: where it stands and how far the next place is. */
export interface WatchedPlayer {
  entry: Entry;
  total: number;
  /** Null for a leader, and while it is not known. */
  next: { name: string; rank: number; gap: number } | null;
}

const refreshMs = { polling: 5_000, streaming: 30_000 };

/**
 * Null while nothing is known, `missing` when the board has no such player. Read from the page's own entries where they
 * hold the player and who is ahead, so that most viewers cost no request of their own; otherwise from the player endpoint.
 */
export function useWatchedPlayer(boardId: string, player: string, view: LiveView): WatchedPlayer | "missing" | null {
  const local = findInPage(view, player);
  const url = `/api/v1/boards/${boardId}/players/${encodeURIComponent(player)}?around=3`;
  const { data } = useSWR(local ? null : url, askPlayer, {
    refreshInterval: view.heldAt !== null ? 0 : view.streaming ? refreshMs.streaming : refreshMs.polling,
    revalidateOnFocus: view.heldAt === null,
    focusThrottleInterval: 1_000,
    // SWR's own retries fall back to half an hour, and its interval rests while there is an error.
    onErrorRetry: (_error, _key, _config, revalidate, { retryCount }) => {
      setTimeout(() => revalidate({ retryCount }), Math.min(backoffMs(retryCount), refreshMs.polling));
    },
  });
  if (local) return local;
  const streamed = view.standing?.entry.player === player ? view.standing : null;
  if (!data) return streamed ? { ...streamed, next: null } : data === null ? "missing" : null;
  const newest = streamed ?? data;
  const stillTrue = newest.entry.rank === data.entry.rank && newest.entry.score === data.entry.score;
  return { entry: newest.entry, total: newest.total, next: stillTrue ? nextOf(data) : null };
}

function findInPage({ snapshot }: LiveView, player: string): WatchedPlayer | null {
  const at = snapshot.entries.findIndex((entry) => entry.player === player);
  const entry = snapshot.entries[at];
  if (!entry) return null;
  const ahead = snapshot.entries.slice(0, at).findLast((other) => other.rank < entry.rank);
  if (!ahead && entry.rank > 1) return null;
  return { entry, total: snapshot.total, next: ahead ? stepTo(ahead, entry) : null };
}

function stepTo(ahead: Entry, entry: Entry): WatchedPlayer["next"] {
  return { name: ahead.name, rank: ahead.rank, gap: Math.abs(ahead.score - entry.score) };
}

function nextOf({ next, around }: PlayerStanding): WatchedPlayer["next"] {
  if (!next) return null;
  const name = around.find((entry) => entry.player === next.player)?.name ?? next.player;
  return { name, rank: next.rank, gap: next.gap };
}

/** Null for a player who is not on the board, and keeps asking: it may join. */
async function askPlayer(url: string): Promise<PlayerStanding | null> {
  const answer = await ask<PlayerStanding>(url, standingShape, { timeoutMs: pollTimeoutMs });
  if (answer.kind === "found") return answer.data;
  if (isRefused(answer, "player-not-found")) return null;
  throw new NoReply(answer);
}
