import { CodeSample } from "@/app/_components/code-sample";
import type { BoardView } from "@/lib/domain/board";
import { scoreCommand } from "./score-command";

/** A board without scores: what fills it, ready to paste. */
export default function EmptyBoard({ board, origin }: { board: BoardView; origin: string }) {
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
