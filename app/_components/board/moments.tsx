"use client";

import { useCallback, useEffect, useRef } from "react";
import type { InboxView, PlayerInbox } from "@/app/_hooks/player-inbox";
import type { InboxItem, MomentKind } from "@/lib/domain/moments";
import type { Formats } from "./formats";

interface MomentsProps {
  inbox: PlayerInbox;
  view: InboxView;
  formats: Formats;
}

/** What the watched player must not miss. The region is there before it has anything to say, so that it is heard. */
export function Moments({ inbox, view, formats }: MomentsProps) {
  const { moments, waiting } = view;
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
      aria-label="News for you"
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
                  <Words item={item} formats={formats} />
                </span>
                <time dateTime={item.at} className="whitespace-nowrap text-muted text-sm tabular-nums max-sm:sr-only">
                  {formats.time(item.at)}
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
          {waiting > 0 ? `Next (${formats.whole(waiting)})` : "Dismiss"}
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

function Words({ item: { kind, data }, formats }: { item: InboxItem; formats: Formats }) {
  const now = `#${formats.whole(data.rank)}`;
  const before = `#${formats.whole(data.previousRank)}`;
  switch (kind) {
    case "passed":
      return (
        <>
          {data.by ? <bdi className="font-semibold">{data.by.name}</bdi> : "Somebody"} passed you: from {before} to{" "}
          {now}.
        </>
      );
    case "left-top":
      return <>You left the top 10: now {now}.</>;
    case "entered-top":
      return <>You entered the top 10: now {now}.</>;
    case "first":
      return <>You reached first place.</>;
  }
}
