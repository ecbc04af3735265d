"use client";

import { lazy, useState } from "react";
import { Apart } from "@/app/_components/apart";
import { ListPages } from "@/app/_components/site/list-pages";
import { isLive } from "@/app/_hooks/arrange-boards";
import { type FirstList, useBoardList } from "@/app/_hooks/use-board-list";
import { useNow } from "@/app/_hooks/use-now";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardSummary } from "@/lib/domain/board-list";
import { BoardCard } from "./board-card";
import { changedText } from "./changed-text";
import { FindBoard } from "./find-board";

const FirstSteps = lazy(() => import("./first-steps"));

export interface BoardListProps {
  /** What was looked for, and where the page begins, as the address has it. */
  q: string;
  after: string | null;
  first: FirstList;
  /** When the server rendered this, epoch milliseconds. */
  serverNow: number;
  origin: string;
}

/** With so few boards there is nothing to search through. */
const searchedFrom = 7;

/** The boards, those that change now first, kept up to date while anybody looks. */
export function BoardList({ q: firstQ, after: firstAfter, first, serverNow, origin }: BoardListProps) {
  const t = useTexts("home");
  const [question, setQuestion] = useState({ q: firstQ, after: firstAfter });
  const { list, failing } = useBoardList(question, first);
  const now = useNow(serverNow);
  const { q, after } = question;
  const { boards, total, next } = list;
  const live = boards.filter((board) => isLive(board, now));
  const others = boards.filter((board) => !isLive(board, now));

  if (total === 0 && q === "" && after === null) return <Apart part={FirstSteps} origin={origin} />;
  return (
    <div className="flex flex-col gap-8">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        {(total >= searchedFrom || q !== "" || after !== null) && (
          <FindBoard q={q} onChange={(text) => setQuestion({ q: text, after: null })} />
        )}
        <p role="status" className={`min-h-6 text-sm tabular-nums ${failing ? "text-caution" : "text-muted"}`}>
          {failing ? t("outOfReach") : t("boardCount", { count: total })}
        </p>
      </div>
      {live.length > 0 && <Cards id="live" title={t("liveNow")} boards={live} now={now} live />}
      {others.length > 0 && (
        <Cards id="boards" title={t(live.length > 0 ? "otherBoards" : "boards")} boards={others} now={now} />
      )}
      {boards.length === 0 && <p className="card p-8 text-muted">{t(q === "" ? "endOfList" : "find.nobody")}</p>}
      <ListPages
        path="/"
        q={q}
        after={after}
        next={next}
        texts={{ pages: t("pages"), first: t("firstPage"), next: t("nextPage") }}
      />
    </div>
  );
}

interface CardsProps {
  id: string;
  title: string;
  boards: readonly BoardSummary[];
  now: number;
  live?: boolean;
}

function Cards({ id, title, boards, now, live = false }: CardsProps) {
  const t = useTexts("home");
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-4 font-semibold text-xl">
        {title}
      </h2>
      <ul className="grid gap-4 sm:grid-cols-2">
        {boards.map((board) => (
          <BoardCard
            key={board.id}
            board={board}
            live={live}
            changed={board.changedAt && changedText(now - Date.parse(board.changedAt), t)}
          />
        ))}
      </ul>
    </section>
  );
}
