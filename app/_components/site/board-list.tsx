import type { BoardView } from "@/lib/domain/board";

export interface ListedBoard extends BoardView {
  /** How many players it has. */
  total: number;
  /** The leader's name; null when there is none or it is not known. */
  leader: string | null;
}

export function BoardList({ boards, whole }: { boards: readonly ListedBoard[]; whole: (value: number) => string }) {
  if (boards.length === 0) {
    return (
      <div className="card p-8 text-muted">
        There are no boards yet. An organizer makes the first one under{" "}
        <a href="/settings" className="link">
          Settings
        </a>
        .
      </div>
    );
  }
  return (
    <ul className="grid gap-4 sm:grid-cols-2">
      {boards.map((board) => (
        <li key={board.id} className="card relative flex flex-col gap-3 p-5 hover:border-line-strong">
          <h3 className="font-semibold text-lg leading-snug">
            <a href={`/boards/${board.id}`} className="after:absolute after:inset-0">
              <bdi>{board.name}</bdi>
            </a>
          </h3>
          <p className="mt-auto flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-sm tabular-nums">
            <span>{playersText(board.total, whole)}</span>
            {board.leader !== null && (
              <span className="min-w-0 max-w-full truncate">
                led by{" "}
                <bdi className="font-medium text-ink" title={board.leader}>
                  {board.leader}
                </bdi>
              </span>
            )}
            {board.delivery === "sse" && (
              <span className="ml-auto rounded-full bg-accent-soft px-2.5 py-0.5 font-medium text-accent text-xs">
                Streaming
              </span>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}

function playersText(total: number, whole: (value: number) => string): string {
  if (total === 0) return "No scores yet";
  return total === 1 ? "1 player" : `${whole(total)} players`;
}
