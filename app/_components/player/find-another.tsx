"use client";

import { createFormats } from "@/app/_components/board/formats";
import { FindPlayer } from "@/app/_components/board/tools/find-player";
import { useTexts } from "@/app/_texts/use-texts";
import { useBoard } from "./board-context";
import { playerHref } from "./player-href";

/** For those who came for a player whom the board does not have. */
export function FindAnother() {
  const t = useTexts("player");
  const board = useBoard();
  return (
    <div className="flex w-full flex-col gap-4 text-left">
      <FindPlayer
        boardId={board.id}
        page={1}
        formats={createFormats(t.locale, board.decimals)}
        hrefOf={(player) => playerHref(board.id, player)}
      />
      <a href={`/boards/${board.id}`} className="button button-primary self-center">
        {t("unknown.board")}
      </a>
    </div>
  );
}
