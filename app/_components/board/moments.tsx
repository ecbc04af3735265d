"use client";

import { useCallback, useEffect, useMemo, useRef } from "react";
import type { InboxView, PlayerInbox } from "@/app/_hooks/player-inbox";
import { useTexts } from "@/app/_texts/use-texts";
import type { InboxItem, MomentKind } from "@/lib/domain/moments";

interface MomentsProps {
  inbox: PlayerInbox;
  view: InboxView;
}

/** What the watched player must not miss. The region is there before it has anything to say, so that it is heard. */
export function Moments({ inbox, view }: MomentsProps) {
  const t = useTexts("board");
  const { moments, waiting } = view;
  const time = useMemo(() => createTime(t.locale), [t.locale]);
  useEffect(() => {
    if (moments.length > 0) void inbox.markShown(moments);
  }, [inbox, moments]);
  const region = useRef<HTMLElement>(null);
  // Whoever dismissed the last by keyboard stays here, instead of at the top of the page.
  const keepFocus = useCallback((button: HTMLButtonElement) => {
    return () => {
      if (document.activeElement === button) region.current?.focus();
    };
  }, []);
  const some = moments.length > 0;
  // The button stays while the next are fetched, and the focus on it.
  const more = some || waiting > 0;
  return (
    <section
      ref={region}
      tabIndex={-1}
      aria-label={t("news")}
      data-moments={moments.length}
      className={`outline-none ${more ? "card mb-2 flex flex-col gap-x-3 p-2 pl-3 sm:flex-row sm:pl-4" : ""}`}
    >
      <div role="status" className="min-w-0 grow">
        {some && (
          <ul className="flex flex-col gap-1 py-1.5">
            {moments.map((item) => (
              <li key={item.id} className="flex items-baseline gap-2.5">
                <span
                  aria-hidden="true"
                  className={`w-4 shrink-0 text-center font-semibold ${looks[item.kind].className}`}
                >
                  {looks[item.kind].mark}
                </span>
                <span className="min-w-0 grow wrap-anywhere">
                  <Words item={item} />
                </span>
                <time dateTime={item.at} className="whitespace-nowrap text-muted text-sm tabular-nums max-sm:sr-only">
                  {time(item.at)}
                </time>
              </li>
            ))}
          </ul>
        )}
      </div>
      {more && (
        <button
          ref={keepFocus}
          type="button"
          onClick={() => inbox.dismiss()}
          className="button self-end whitespace-nowrap px-3"
        >
          {waiting > 0 ? t("waiting", { count: waiting }) : t("dismiss")}
        </button>
      )}
    </section>
  );
}

const looks: Record<MomentKind, { mark: string; className: string }> = {
  passed: { mark: "↓", className: "text-down" },
  "left-top": { mark: "↓", className: "text-down" },
  "entered-top": { mark: "↑", className: "text-up" },
  first: { mark: "★", className: "text-accent" },
};

function Words({ item: { kind, data } }: { item: InboxItem }) {
  const t = useTexts("board");
  const now = data.rank;
  switch (kind) {
    case "passed": {
      const name = data.by ? <bdi className="font-semibold">{data.by.name}</bdi> : t("somebody");
      return t.rich("passed", { name, before: data.previousRank, now });
    }
    case "first":
      return t("reachedFirst");
    default:
      return t(kind, { now });
  }
}

/** Writes day and time of an ISO 8601 moment; only the time where the day is today's. */
function createTime(locale: string): (iso: string) => string {
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const dayAndClock = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  return (iso) => {
    const moment = new Date(iso);
    return (moment.toDateString() === new Date().toDateString() ? clock : dayAndClock).format(moment);
  };
}
