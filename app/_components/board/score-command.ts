import type { BoardView } from "@/lib/domain/board";

/** A command to paste that posts a first score. A board's tiebreaks may be left out; they are missing then. */
export function scoreCommand(board: Pick<BoardView, "id">, origin: string, key = "YOUR_KEY"): string {
  return [
    `curl ${origin}/api/v1/boards/${board.id}/scores \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify({ player: "ada", name: "Ada", score: 42 })}'`,
  ].join("\n");
}
