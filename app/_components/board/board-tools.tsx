"use client";

import { type ReactNode, useEffect, useState } from "react";
import type { LiveBoard } from "@/app/_hooks/live-board";
import { useTexts } from "@/app/_texts/use-texts";
import { awaitSigns } from "./await-signs";
import type { Formats } from "./formats";
import type ToolHome from "./tools/tool-home";

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
  const [signs, setSigns] = useState<readonly (Event | undefined)[]>([]);
  const [Home, setHome] = useState<typeof ToolHome>();
  useEffect(() => (Home ? undefined : awaitSigns(live, (sign) => setSigns((all) => [...all, sign]))), [Home, live]);
  useEffect(() => {
    // What cannot be loaded now is tried again at the next sign.
    if (!Home && signs.length > 0) {
      void import("./tools/tool-home").then(
        (code) => setHome(() => code.default),
        () => {},
      );
    }
  }, [Home, signs]);
  return (
    <>
      <div className="tools">
        {/* The search comes in here, in the place of its button. */}
        <span id="finder" className="contents" />
        <button type="button" data-tool="find" className="button" aria-keyshortcuts="/">
          {t("find")}
          <kbd>/</kbd>
        </button>
        <div className="flex flex-wrap gap-2">
          <button type="button" data-tool="pause" className="button">
            {t(held ? "resume" : "pause")}
          </button>
          <button type="button" data-tool="view" className="button" aria-haspopup="dialog">
            {t("view")}
          </button>
          {links}
        </div>
      </div>
      {Home && <Home {...props} signs={signs} />}
    </>
  );
}
