import { columnLabel, type Formats } from "@/app/_components/board/formats";
import { momentFormat } from "@/app/_components/chart/time-axis";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import type { PlayerEvent } from "@/lib/domain/history";
import { effectOf } from "./event-effect";
import type { KnownEvents } from "./known-events";

interface EventsTableProps {
  board: BoardView;
  name: string;
  known: KnownEvents;
  formats: Formats;
}

/** Made in the browser only, for its time zone. */
export function EventsTable({ board, name, known: { events, next, complete }, formats }: EventsTableProps) {
  const t = useTexts("player");
  const moment = momentFormat(t.locale);
  const head = "border-line border-b px-2 py-2.5 font-medium align-bottom sm:px-3";
  return (
    <div className="card overflow-clip">
      <table className="w-full border-separate border-spacing-0 text-left tabular-nums">
        <caption className="sr-only">{t.rich("events.caption", { player: <bdi>{name}</bdi> })}</caption>
        <thead className="text-muted text-xs sm:text-sm">
          <tr>
            <th scope="col" className={`${head} pl-3 sm:pl-6`}>
              {t("events.time")}
            </th>
            <th scope="col" className={`${head} text-right`}>
              {t("events.posted")}
            </th>
            <th scope="col" className={`${head} sm:pl-8`}>
              {t("events.effect")}
            </th>
            <th scope="col" className={`${head} whitespace-nowrap pr-6 text-right max-sm:hidden`}>
              {t("events.after")}
            </th>
          </tr>
        </thead>
        <tbody>
          {events.map((event, i) => (
            <EventRow
              key={event.seq}
              board={board}
              event={event}
              before={events[i + 1] ?? (next === null && complete ? null : undefined)}
              moment={moment}
              formats={formats}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface EventRowProps {
  board: BoardView;
  event: PlayerEvent;
  /** Null for the player's first event, undefined where it is not known. */
  before: PlayerEvent | null | undefined;
  moment(at: number): string;
  formats: Formats;
}

function EventRow({ board, event, before, moment, formats }: EventRowProps) {
  const t = useTexts("player");
  const cell = "border-line border-b px-2 py-2 align-top group-last:border-b-0 sm:px-3";
  const kept = [formats.score(event.after.score), ...tiebreakTexts(board, event.after.tiebreaks, formats)].join(", ");
  return (
    <tr className="group">
      <th scope="row" className={`${cell} pl-3 font-normal text-muted text-sm sm:whitespace-nowrap sm:pl-6`}>
        <time dateTime={event.at}>{moment(Date.parse(event.at))}</time>
      </th>
      <td className={`${cell} text-right`}>
        <Values board={board} values={event} formats={formats} />
      </td>
      <td className={`${cell} max-sm:pr-3 sm:w-full sm:pl-8`}>
        <span className={event.applied ? "font-medium text-up" : "font-medium text-muted"}>
          {event.applied ? t("counted") : t("notCounted")}
        </span>
        <span className="block text-muted text-sm">
          {t(`effect.${effectOf(board, event, before)}`, { before: kept })}
        </span>
      </td>
      <td className={`${cell} pr-6 text-right max-sm:hidden`}>
        <Values board={board} values={event.after} formats={formats} />
      </td>
    </tr>
  );
}

interface ValuesProps {
  board: BoardView;
  values: Pick<PlayerEvent, "score" | "tiebreaks">;
  formats: Formats;
}

function Values({ board, values: { score, tiebreaks }, formats }: ValuesProps) {
  return (
    <>
      <span className="whitespace-nowrap font-semibold">{formats.score(score)}</span>
      {tiebreakTexts(board, tiebreaks, formats).map((text) => (
        <span key={text} className="block text-muted text-xs sm:whitespace-nowrap">
          {text}
        </span>
      ))}
    </>
  );
}

function tiebreakTexts(board: BoardView, values: readonly (number | null)[], formats: Formats): string[] {
  return board.tiebreaks.map(({ name }, i) => `${columnLabel(name)} ${formats.tiebreak(values[i])}`);
}
