import type { Formats } from "@/app/_components/board/formats";
import { StandingsTable } from "@/app/_components/board/standings-table";
import type { LiveView } from "@/app/_hooks/live-view";
import { noMoves } from "@/app/_hooks/moves";
import type { PastView } from "@/app/_hooks/past-moments";
import { useTexts } from "@/app/_texts/use-texts";
import type { MomentText } from "./use-moment-text";

interface ShownBoardProps {
  live: LiveView;
  /** Null for now. */
  past: PastView | null;
  /** Whether it shows the moment that is wanted, and when that is. */
  arrived: boolean;
  time: number | null;
  player: string | null;
  formats: Formats;
  momentText: MomentText;
}

/** The board of now or of then, in one table, so that rows are seen to move from one moment to the next. */
export function ShownBoard({ live, past, arrived, time, player, formats, momentText }: ShownBoardProps) {
  const t = useTexts("race");
  const words = useTexts("board");
  const shown = past?.shown?.board;
  const snapshot = past === null ? live.snapshot : (shown ?? { ...live.snapshot, total: 0, entries: [] });
  const { total, entries } = snapshot;
  const then = arrived ? time : shown?.at && Date.parse(shown.at);
  const missing = past !== null && (!shown || past.problem === "too-long");
  const number = <span className="font-medium text-ink tabular-nums">{formats.whole(total)}</span>;
  return (
    <section aria-busy={!arrived} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h2 className="font-semibold text-xl tabular-nums">
          {past === null ? t("boardNow") : then ? t("boardThen", { time: momentText(then) }) : t("boardOnce")}
        </h2>
        {!missing && <p className="text-muted">{words.rich("players", { count: total, number })}</p>}
      </div>
      {entries.length > 0 && !missing ? (
        <StandingsTable
          snapshot={snapshot}
          moves={past === null ? live.moves : noMoves}
          formats={formats}
          player={player}
          page={1}
        />
      ) : (
        past?.problem !== "too-long" && (
          <p className="card px-6 py-8 text-center text-muted">{t(missing ? "onItsWay" : "nobodyYet")}</p>
        )
      )}
    </section>
  );
}
