"use client";

import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import type { LiveBoard } from "@/app/_hooks/live-board";
import { useTexts } from "@/app/_texts/use-texts";
import { awaitFirstSign } from "./first-sign";
import type { Formats } from "./formats";
import type ToolHome from "./tools/tool-home";
import type { Wish } from "./tools/tool-keys";

const FindPlayer = lazy(() => import("./find-player"));

interface BoardToolsProps {
  live: LiveBoard;
  /** Whether the page is paused. */
  held: boolean;
  boardId: string;
  page: number;
  player: string | null;
  formats: Formats;
}

/** What one can do with a board's table; each tool comes when it is asked for. */
export function BoardTools({ held, ...props }: BoardToolsProps) {
  const { live, boardId, page, formats } = props;
  const t = useTexts("board");
  const [finding, setFinding] = useState(false);
  const [left, setLeft] = useState(false);
  const [wishes, setWishes] = useState<readonly Wish[]>([]);
  const [Home, setHome] = useState<typeof ToolHome>();
  const wish = useCallback((one?: Wish) => setWishes((all) => [...all, one]), []);
  useEffect(() => (Home ? undefined : awaitFirstSign(live, wish)), [Home, live, wish]);
  useEffect(() => {
    // Whoever cannot load it now may wish again.
    if (!Home && wishes.length > 0)
      void import("./tools/tool-home").then(
        (code) => setHome(() => code.default),
        () => {},
      );
  }, [Home, wishes]);
  return (
    <>
      <div className="flex min-h-10 flex-wrap items-start justify-between gap-2 max-sm:text-sm">
        {finding ? (
          <Suspense fallback={null}>
            <FindPlayer
              boardId={boardId}
              page={page}
              formats={formats}
              onClose={() => {
                setFinding(false);
                setLeft(true);
              }}
            />
          </Suspense>
        ) : (
          <button
            ref={left ? (button) => button?.focus() : undefined}
            type="button"
            className="button"
            aria-keyshortcuts="/"
            onClick={() => setFinding(true)}
          >
            {t("find")}
            <kbd className="hint max-sm:hidden rounded-sm border border-line px-1.5 text-muted text-xs">/</kbd>
          </button>
        )}
        <div className="flex gap-2">
          <button type="button" className="button" onClick={() => wish("pause")}>
            {t(held ? "resume" : "pause")}
          </button>
          <button type="button" className="button" aria-haspopup="dialog" onClick={() => wish("view")}>
            {t("view")}
          </button>
          <a href={`/boards/${boardId}/stage`} className="button max-sm:hidden">
            {t("bigScreen")}
          </a>
        </div>
      </div>
      {Home && <Home {...props} wishes={wishes} onFind={() => setFinding(true)} />}
    </>
  );
}
