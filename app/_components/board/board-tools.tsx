"use client";

import { lazy, Suspense, useEffect, useState } from "react";
import { useTexts } from "@/app/_texts/use-texts";
import type { Formats } from "./formats";

const FindPlayer = lazy(() => import("./find-player"));

interface BoardToolsProps {
  boardId: string;
  page: number;
  formats: Formats;
}

/** What one can do with a board's table; each tool comes when it is asked for. */
export function BoardTools(props: BoardToolsProps) {
  const t = useTexts("board");
  const [finding, setFinding] = useState(false);
  const [left, setLeft] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || isField(event.target)) return;
      event.preventDefault();
      setFinding(true);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  function close() {
    setFinding(false);
    setLeft(true);
  }
  return (
    <div className="flex min-h-10 flex-wrap items-start justify-between gap-3">
      {finding ? (
        <Suspense fallback={null}>
          <FindPlayer {...props} onClose={close} />
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
          <kbd className="max-sm:hidden rounded-sm border border-line px-1.5 text-muted text-xs">/</kbd>
        </button>
      )}
      <a href={`/boards/${props.boardId}/stage`} className="button">
        {t("bigScreen")}
      </a>
    </div>
  );
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}
