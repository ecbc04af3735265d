import type { ReactNode } from "react";
import { columnLabel, type Formats } from "@/app/_components/board/formats";
import { medals } from "@/app/_components/board/rank";
import { momentFormat } from "@/app/_components/chart/time-axis";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import type { PlayerHistory } from "@/lib/domain/history";
import { topShare } from "@/lib/domain/percentile";
import type { PlayerStanding } from "@/lib/domain/snapshot";
import { playerHref } from "./player-href";

interface PlayerFactsProps {
  board: BoardView;
  standing: PlayerStanding;
  /** Once it has arrived. */
  history: PlayerHistory | undefined;
  formats: Formats;
}

const number = "text-2xl";

/** Rank, score and tiebreaks, how far the next place is, and since when. */
export function PlayerFacts({ board, standing, history, formats }: PlayerFactsProps) {
  const t = useTexts("player");
  const tBoard = useTexts("board");
  const { entry, total } = standing;
  const medal = medals[entry.rank];
  const share = topShare(entry.position, total);
  const percent = new Intl.NumberFormat(t.locale, { style: "percent", maximumFractionDigits: 9 });
  return (
    <section aria-label={t("standing")} className="card p-5 tabular-nums sm:p-6">
      <dl className="flex flex-wrap gap-x-10 gap-y-5">
        <Fact term={tBoard("rank")}>
          <span
            className={`${number} font-semibold ${medal ? `inline-block min-w-9 rounded-full px-2 text-center leading-9 text-on-medal ${medal}` : ""}`}
          >
            {formats.whole(entry.rank)}
          </span>{" "}
          <span className="text-muted text-sm">
            {t("ofTotal", { total })}
            {share !== null && ` · ${t("top", { share: percent.format(share) })}`}
          </span>
        </Fact>
        <Fact term={tBoard("score")}>
          <span className={`${number} font-semibold`}>{formats.score(entry.score)}</span>
        </Fact>
        {board.tiebreaks.map(({ name }, i) => (
          <Fact key={name} term={columnLabel(name)}>
            <span className={number}>{formats.tiebreak(entry.tiebreaks[i])}</span>
          </Fact>
        ))}
        <Fact term={t("toNext")}>
          <Next board={board} standing={standing} formats={formats} />
        </Fact>
        <Since history={history} />
      </dl>
    </section>
  );
}

function Next({ board, standing, formats }: Pick<PlayerFactsProps, "board" | "standing" | "formats">) {
  const t = useTexts("player");
  const tBoard = useTexts("board");
  const { next, around } = standing;
  if (!next) return t("nobodyAhead");
  const name = around.find(({ player }) => player === next.player)?.name ?? next.player;
  const link = (
    <a href={playerHref(board.id, next.player)} className="link wrap-anywhere">
      <bdi>{name}</bdi>
    </a>
  );
  if (next.gap === 0) return tBoard.rich("tied", { rank: next.rank, name: link });
  return tBoard.rich("gap", { gap: formats.score(next.gap), rank: next.rank, name: link });
}

/** In the viewer's time zone, which is known only in the browser: where the history came from, too. */
function Since({ history }: Pick<PlayerFactsProps, "history">) {
  const t = useTexts("player");
  const first = history?.points[0]?.[0];
  const last = history?.points.at(-1)?.[0];
  if (!history || first === undefined || last === undefined) return null;
  const moment = momentFormat(t.locale);
  return (
    <>
      {history.complete && <Fact term={t("joined")}>{moment(first)}</Fact>}
      <Fact term={t("changed")}>{moment(last)}</Fact>
    </>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted text-sm">{term}</dt>
      <dd className="mt-0.5 wrap-anywhere">{children}</dd>
    </div>
  );
}
