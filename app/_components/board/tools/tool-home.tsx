"use client";

import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import type { Formats } from "@/app/_components/board/formats";
import { BoardLens } from "@/app/_hooks/board-lens";
import type { LiveBoard } from "@/app/_hooks/live-board";
import { useFollowed } from "@/app/_hooks/use-followed";
import { useLastHour } from "@/app/_hooks/use-last-hour";
import { useLastLook } from "@/app/_hooks/use-last-look";
import { loadMotion } from "@/app/_hooks/use-row-motion";

import { Dock } from "./dock";
import { FindPlayer } from "./find-player";
import { FollowedCard } from "./followed-card";
import { type Tool, toolOf, useKeySwitch } from "./tool-keys";
import { ToolStatus } from "./tool-status";
import { ViewDialog } from "./view-dialog";

interface ToolHomeProps {
  live: LiveBoard;
  boardId: string;
  page: number;
  /** Who is watched. */
  player: string | null;
  formats: Formats;
  /** What happened on the page before this was there; undefined for what was no event. */
  signs: readonly (Event | undefined)[];
}

/** The home of all that a viewer can do with a board's page, and of what the page does for one viewer alone. */
export default function ToolHome({ live, boardId, page, player, formats, signs }: ToolHomeProps) {
  const [lens] = useState(() => new BoardLens(live));
  const state = useSyncExternalStore(lens.subscribe, lens.getState, lens.getState);
  const [finding, setFinding] = useState(false);
  const [viewing, setViewing] = useState(false);
  const [keysOn, setKeysOn] = useKeySwitch();
  const { players } = useFollowed(boardId);
  useEffect(() => lens.start(), [lens]);
  // Somebody is there: the next change can be seen moving, a paused page's first one too.
  useEffect(() => void loadMotion(), []);
  useLastLook(boardId, lens, page === 1);
  const hour = useLastHour(boardId, lens, state.arrows === "hour");

  function find(): void {
    setFinding(true);
    // Whoever has left the open search comes back to it.
    document.querySelector<HTMLElement>("#finder input")?.focus();
  }

  function use(tool: Tool): void {
    if (tool === "find" || (tool === "jump" && player === null)) find();
    else if (tool === "jump") jump();
    if (tool === "pause") lens.togglePause();
    if (tool === "top") window.scrollTo({ top: 0 });
    if (tool === "view") setViewing(true);
  }
  useToolEvents(signs, keysOn, use);

  return (
    <>
      <ToolStatus state={state} />
      {players.length > 0 && <FollowedCard live={live} boardId={boardId} page={page} formats={formats} />}
      <Into id="dock">
        <Dock lens={lens} state={state} />
      </Into>
      {finding && (
        <Into id="finder">
          <FindPlayer boardId={boardId} page={page} formats={formats} onClose={() => setFinding(false)} />
        </Into>
      )}
      {viewing && (
        <ViewDialog
          boardId={boardId}
          lens={lens}
          state={state}
          hour={hour}
          keysOn={keysOn}
          onKeysOn={setKeysOn}
          onClose={() => setViewing(false)}
        />
      )}
    </>
  );
}

/** Renders into a place that the page keeps for it. */
function Into({ id, children }: { id: string; children: ReactNode }) {
  const place = document.getElementById(id);
  return place && createPortal(children, place);
}

/** The watched player's bar knows the way to the player's row. */
function jump(): void {
  document.querySelector<HTMLElement>("[data-jump]")?.click();
}

/** Uses what keys and buttons ask for, and what they have asked for before this was there. */
function useToolEvents(signs: readonly (Event | undefined)[], keysOn: boolean, use: (tool: Tool) => void): void {
  const done = useRef(0);
  useEffect(() => {
    const onEvent = (event: Event) => {
      const tool = toolOf(event, keysOn);
      if (!tool) return;
      event.preventDefault();
      use(tool);
    };
    const open = signs.slice(done.current);
    done.current = signs.length;
    for (const sign of open) if (sign) onEvent(sign);
    for (const type of ["keydown", "click"]) document.addEventListener(type, onEvent);
    return () => {
      for (const type of ["keydown", "click"]) document.removeEventListener(type, onEvent);
    };
  });
}
