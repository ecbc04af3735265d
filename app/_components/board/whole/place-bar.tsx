"use client";

import type { FormEvent } from "react";
import type { Formats } from "@/app/_components/board/formats";
import { StatusPill } from "@/app/_components/board/status-pill";
import type { ConnectionStatus } from "@/app/_hooks/connection-status";
import { useTexts } from "@/app/_texts/use-texts";

interface PlaceBarProps {
  /** The places that are in sight, from 1. */
  first: number;
  last: number;
  total: number;
  /** How these places are followed, where that is not how the first are. */
  status: ConnectionStatus | null;
  formats: Formats;
  onGo: (place: number) => void;
}

/** Where in the board one is, in sight above the table's head, and the way to any other place. */
export function PlaceBar({ first, last, total, status, formats, onGo }: PlaceBarProps) {
  const t = useTexts("board");
  function go(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const field = event.currentTarget.elements.namedItem("place") as HTMLInputElement;
    // Digits in groups, as people write them: 12,345 or 12 345.
    const place = Number(field.value.replace(/\D/g, ""));
    if (place < 1) return field.select();
    onGo(Math.min(place, total));
    field.value = "";
  }
  return (
    <nav
      aria-label={t("pages")}
      className="sticky top-0 z-20 -mb-5 flex h-14 items-center justify-between gap-3 bg-paper"
    >
      <p className="flex min-w-0 items-center gap-3 text-muted text-sm tabular-nums">
        <span className="truncate">{t("shown", { first, last, total })}</span>
        {status && (
          <span className="max-sm:hidden">
            <StatusPill status={status} />
          </span>
        )}
      </p>
      <div className="flex shrink-0 gap-2">
        <form onSubmit={go}>
          <input
            name="place"
            className="input w-30"
            aria-label={t("goTo")}
            placeholder={t("goTo")}
            title={t("goTo.range", { last: formats.whole(total) })}
            inputMode="numeric"
            enterKeyHint="go"
            maxLength={16}
            autoComplete="off"
          />
        </form>
        <button type="button" className="button px-3" title={t("top")} onClick={() => onGo(1)}>
          <span aria-hidden="true">↑</span>
          <span className="sr-only">{t("top")}</span>
        </button>
      </div>
    </nav>
  );
}
