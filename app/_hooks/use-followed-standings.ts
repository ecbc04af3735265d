"use client";

import { useEffect, useMemo, useRef } from "react";
import useSWR from "swr";
import type { Entry, PlayerStanding } from "@/lib/domain/snapshot";
import { ask, isRefused } from "./ask";
import { jitteredMs } from "./jitter";
import type { LiveView } from "./live-view";
import { currentMoves, type Moves, noMoves, trackMoves } from "./moves";
import { NoReply } from "./reply-of";
import { standingShape } from "./shapes";

export interface FollowedStanding {
  player: string;
  /** Undefined while it is not known, null for somebody who is not on the board. */
  entry: Entry | null | undefined;
  places: number;
}

/** By player: null for somebody who is not on the board. */
type Asked = ReadonlyMap<string, Entry | null>;

const nothing: { asked: Asked; moves: Moves } = { asked: new Map(), moves: noMoves };
const refreshMs = 20_000;
/** A function that were new with every render would start SWR's timer anew each time. */
const nextRefreshMs = () => jitteredMs(refreshMs);
const atOnce = 4;

/**
 * Where the followed players stand, best first: from the page's own entries where they hold them; about the others the
 * server is asked every 20 seconds, about four at a time. A page that is paused asks nothing.
 */
export function useFollowedStandings(boardId: string, players: readonly string[], view: LiveView): FollowedStanding[] {
  const onPage = useMemo(() => new Map(view.snapshot.entries.map((entry) => [entry.player, entry])), [view.snapshot]);
  const outside = players.filter((player) => !onPage.has(player));
  const { asked, moves } = useAsked(boardId, outside, view.heldAt !== null);
  const standings = players.map((player): FollowedStanding => {
    const here = onPage.get(player);
    if (here) return { player, entry: here, places: view.moves.get(player)?.places ?? 0 };
    return { player, entry: asked.get(player), places: moves.get(player)?.places ?? 0 };
  });
  return standings.sort((a, b) => placeOf(a) - placeOf(b));
}

function placeOf({ entry }: FollowedStanding): number {
  return entry?.position ?? Number.MAX_SAFE_INTEGER;
}

function useAsked(boardId: string, players: readonly string[], held: boolean): { asked: Asked; moves: Moves } {
  const last = useRef(nothing);
  const wanted = useRef(players);
  wanted.current = players;
  const ask = async () => {
    const before = last.current;
    const asked = await askAll(boardId, wanted.current, before.asked);
    const moves = trackMoves(before.moves, entriesOf(before.asked), entriesOf(asked), Date.now());
    last.current = { asked, moves: currentMoves(moves, Date.now()) };
    return last.current;
  };
  const { data = nothing, mutate } = useSWR(players.length > 0 ? ["followed", boardId] : null, ask, {
    refreshInterval: held ? 0 : nextRefreshMs,
    revalidateOnFocus: !held,
    focusThrottleInterval: refreshMs / 2,
    compare: Object.is,
    keepPreviousData: true,
  });
  // Somebody who was picked just now, or has just left the page, is asked about at once.
  const unknown = data === nothing ? "" : players.filter((player) => !data.asked.has(player)).join("\n");
  useEffect(() => {
    if (unknown !== "") void mutate();
  }, [unknown, mutate]);
  return data;
}

function entriesOf(asked: Asked): Entry[] {
  return [...asked.values()].filter((entry) => entry !== null);
}

/** What cannot be found out is as it was. */
async function askAll(boardId: string, players: readonly string[], before: Asked): Promise<Asked> {
  const asked = new Map<string, Entry | null>();
  const queue = [...players];
  const work = async () => {
    for (let player = queue.shift(); player !== undefined; player = queue.shift()) {
      const entry = await askAbout(boardId, player).catch(() => before.get(player));
      if (entry !== undefined) asked.set(player, entry);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return asked;
}

async function askAbout(boardId: string, player: string): Promise<Entry | null> {
  const url = `/api/v1/boards/${boardId}/players/${encodeURIComponent(player)}?around=0`;
  const answer = await ask<PlayerStanding>(url, standingShape);
  if (answer.kind === "found") return answer.data.entry;
  if (isRefused(answer, "player-not-found")) return null;
  throw new NoReply(answer);
}
