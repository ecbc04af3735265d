import { useCallback, useEffect, useState } from "react";
import type { Formats } from "@/app/_components/board/formats";
import type { Shape } from "@/app/_hooks/shapes";
import { againAfterMs, askBack, useLookBack } from "@/app/_hooks/use-look-back";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import type { PlayerEvents as EventsPage } from "@/lib/domain/history";
import type { Entry } from "@/lib/domain/snapshot";
import { EventsTable } from "./events-table";
import { type KnownEvents, withEarlier, withNewest } from "./known-events";
import { useAgain } from "./use-again";

const eventsShape: Shape<EventsPage> = { complete: true, events: [{ seq: 0, at: "", tiebreaks: [], after: {} }] };

interface PlayerEventsProps {
  board: BoardView;
  entry: Entry;
  url: string;
  formats: Formats;
}

/** All that was posted for the player, newest first, and what it did; older ones on demand. */
export function PlayerEvents({ board, entry, url, formats }: PlayerEventsProps) {
  const t = useTexts("player");
  const { known, obstacle, earlier, failed } = useEvents(entry, url);
  return (
    <section>
      <h2 className="font-semibold text-xl">{t("events")}</h2>
      <p className="mt-1 mb-3 text-muted">{t.rich("events.lead", { player: <bdi>{entry.name}</bdi> })}</p>
      {known ? (
        <EventsTable board={board} name={entry.name} known={known} formats={formats} />
      ) : (
        <p role="status" className={obstacle ? "card p-5 text-muted sm:p-6" : "card min-h-96"}>
          {obstacle && t(obstacle)}
        </p>
      )}
      {known && (
        <div className="mt-3 flex flex-wrap items-center gap-4">
          {known.next !== null && (
            <button type="button" className="button" onClick={earlier}>
              {t("events.earlier")}
            </button>
          )}
          <p role="status" className="text-muted text-sm">
            {failed ? t("events.failed") : t("events.shown", { count: known.events.length })}
          </p>
        </div>
      )}
    </section>
  );
}

function useEvents(entry: Entry, url: string) {
  const [known, setKnown] = useState<KnownEvents | null>(null);
  const [failed, setFailed] = useState(false);
  const askAfterMs = useCallback(
    (data: EventsPage | undefined) => againAfterMs(data?.events[0]?.after.score === entry.score),
    [entry.score],
  );
  const newest = useLookBack<EventsPage>(url, eventsShape, askAfterMs);
  useAgain(`${entry.score} ${entry.tiebreaks}`, newest.again);
  const { data, obstacle } = newest;
  useEffect(() => {
    if (data) setKnown((before) => withNewest(before, data));
  }, [data]);

  async function earlier() {
    if (!known?.next) return;
    try {
      const page = await askBack<EventsPage>(`${url}?before=${known.next}`, eventsShape);
      setKnown((before) => before && (before.next === known.next ? withEarlier(before, page) : before));
      setFailed(false);
    } catch {
      setFailed(true);
    }
  }
  return { known, obstacle, failed, earlier: () => void earlier() };
}
