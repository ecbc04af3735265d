import { CodeSample } from "@/app/_components/code-sample";
import type { BoardView } from "@/lib/domain/board";

/** A board without scores: what fills it, ready to paste. */
export function EmptyBoard({ board, origin }: { board: BoardView; origin: string }) {
  return (
    <section className="card flex flex-col gap-4 p-6 sm:p-8">
      <h2 className="font-semibold text-xl">No scores yet</h2>
      <p className="text-muted">
        The first score that is posted appears here by itself. Make an API key under{" "}
        <a className="link" href="/settings#keys">
          Settings
        </a>
        , then post one:
      </p>
      <CodeSample label="Command that posts a score" text={scoreCommand(board, origin)} />
    </section>
  );
}

export function scoreCommand(board: Pick<BoardView, "id" | "tiebreaks">, origin: string, key = "YOUR_KEY"): string {
  const score = { player: "ada", name: "Ada", score: 42 };
  const body = board.tiebreaks.length > 0 ? { ...score, tiebreaks: board.tiebreaks.map(() => 0) } : score;
  return [
    `curl ${origin}/api/v1/boards/${board.id}/scores \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify(body)}'`,
  ].join("\n");
}
