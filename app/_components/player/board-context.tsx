"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { BoardView } from "@/lib/domain/board";

const BoardContext = createContext<BoardView | null>(null);

export function BoardProvider({ board, children }: { board: BoardView; children: ReactNode }) {
  return <BoardContext value={board}>{children}</BoardContext>;
}

/** The board that the page is about, as it was when the page was made. */
export function useBoard(): BoardView {
  const board = useContext(BoardContext);
  if (!board) throw new Error("no BoardProvider is around");
  return board;
}
