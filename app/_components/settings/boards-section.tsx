import type { BoardView } from "@/lib/domain/board";
import { CreateBoardForm } from "./create-board-form";
import { Section } from "./section";

interface BoardsSectionProps {
  boards: readonly (BoardView & { total: number })[];
  whole: (value: number) => string;
}

export function BoardsSection({ boards, whole }: BoardsSectionProps) {
  return (
    <Section id="boards" title="Boards">
      {boards.length > 0 && (
        <ul className="card divide-y divide-line">
          {boards.map((board) => (
            <li key={board.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-3.5">
              <div className="min-w-0">
                <p className="wrap-anywhere font-medium">
                  <bdi>{board.name}</bdi>
                </p>
                <p className="text-muted text-sm tabular-nums">
                  <span className="font-mono">{board.id}</span> · {whole(board.total)}{" "}
                  {board.total === 1 ? "player" : "players"} · {board.delivery === "sse" ? "streaming" : "polling"}
                </p>
              </div>
              <div className="flex gap-2">
                <a href={`/boards/${board.id}`} className="button">
                  View <span className="sr-only">{board.name}</span>
                </a>
                <a href={`/settings/boards/${board.id}`} className="button">
                  Edit <span className="sr-only">{board.name}</span>
                </a>
              </div>
            </li>
          ))}
        </ul>
      )}
      <details className="card group" open={boards.length === 0}>
        <summary className="rounded-xl px-5 py-3.5 font-medium text-accent">New board</summary>
        <div className="border-line border-t p-5">
          <CreateBoardForm />
        </div>
      </details>
    </Section>
  );
}
