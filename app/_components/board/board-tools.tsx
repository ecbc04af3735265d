"use client";

import { type ReactNode, useCallback, useEffect, useState } from "react";
import type { LiveBoard } from "@/app/_hooks/live-board";
import { useTexts } from "@/app/_texts/use-texts";
import { awaitFirstSign } from "./first-sign";
import type { Formats } from "./formats";
import type ToolHome from "./tools/tool-home";
import type { Wish } from "./tools/tool-keys";

interface BoardToolsProps {
  live: LiveBoard;
  /** Whether the page is paused. */
  held: boolean;
  boardId: string;
  page: number;
  player: string | null;
  formats: Formats;
  /** To other views of the board. */
  links: ReactNode;
}

/** What one can do with a board's table: buttons, whose code comes with the first sign that it has something to do. */
export function BoardTools({ held, links, ...props }: BoardToolsProps) {
  const { live } = props;
  const t = useTexts("board");
  const [wishes, setWishes] = useState<readonly Wish[]>([]);
  const [Home, setHome] = useState<typeof ToolHome>();
  const wish = useCallback((one?: Wish) => setWishes((all) => [...all, one]), []);
  useEffect(() => (Home ? undefined : awaitFirstSign(live, wish)), [Home, live, wish]);
  useEffect(() => {
    if (Home || wishes.length === 0) return;
    // Whoever cannot load it now may wish again.
    void import("./tools/tool-home").then(
      (code) => setHome(() => code.default),
      () => {},
    );
  }, [Home, wishes]);
  return (
    <>
      <div className="flex min-h-10 flex-wrap items-start justify-between gap-2 max-sm:text-sm">
        {/* The search comes in here, in the place of the button. */}
        <span id="finder" className="contents" />
        <button
          type="button"
          className="button [#finder:not(:empty)+&]:hidden"
          aria-keyshortcuts="/"
          onClick={() => wish("find")}
        >
          {t("find")}
          <kbd className="hint max-sm:hidden rounded-sm border border-line px-1.5 text-muted text-xs">/</kbd>
        </button>
        <div className="flex gap-2">
          <button type="button" className="button" onClick={() => wish("pause")}>
            {t(held ? "resume" : "pause")}
          </button>
          <button type="button" className="button" aria-haspopup="dialog" onClick={() => wish("view")}>
            {t("view")}
          </button>
          {links}
        </div>
      </div>
      {Home && <Home {...props} wishes={wishes} />}
    </>
  );
}
