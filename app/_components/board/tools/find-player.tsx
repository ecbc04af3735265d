"use client";

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import useSWR from "swr";
import type { Formats } from "@/app/_components/board/formats";
import { WatchLink } from "@/app/_components/board/watch-link";
import { replyOf } from "@/app/_hooks/reply-of";
import { useTexts } from "@/app/_texts/use-texts";
import type { PlayerMatch, PlayerSearch } from "@/lib/domain/snapshot";
import { FollowButton } from "./follow-button";

interface FindPlayerProps {
  boardId: string;
  page: number;
  formats: Formats;
  /** Leaves the search, which then takes the focus; without it, the search stays. */
  onClose?: () => void;
  /** Where picking a player leads, instead of watching it. */
  hrefOf?: (player: string) => string;
}

/** So long nothing more was typed before the server is asked. */
const restMs = 150;
const search = replyOf<PlayerSearch>({ players: [{ player: "", name: "", score: 0 }] });

/** Finds players of the whole board by how their name or id begins; picking one watches it, or leads to its page. */
export function FindPlayer({ boardId, page, formats, onClose, hrefOf }: FindPlayerProps) {
  const t = useTexts("board");
  const box = useRef<HTMLElement>(null);
  const [typed, setTyped] = useState("");
  const wanted = useRested(typed.trim(), restMs);
  const url = `/api/v1/boards/${boardId}/players?limit=8&q=${encodeURIComponent(wanted)}`;
  const { data, error } = useSWR(wanted === "" ? null : url, search, { keepPreviousData: true });
  const found = wanted === "" ? [] : (data?.players ?? []);
  const status = wanted === "" || !(data || error) ? "" : said();

  const closes = onClose !== undefined;
  useEffect(() => {
    if (!closes) return;
    box.current?.querySelector("input")?.focus();
    return () => document.querySelector<HTMLElement>("#finder + button")?.focus();
  }, [closes]);

  function said(): string {
    if (error) return t("find.failed");
    return found.length === 0 ? t("find.nobody") : t("find.found", { count: found.length });
  }

  /** Arrows walk through the field and what was found; Escape leaves. */
  function onKey(event: KeyboardEvent) {
    if (event.key === "Escape") onClose?.();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const stops = [...(box.current?.querySelectorAll<HTMLElement>("input, li a") ?? [])];
    stops[stops.indexOf(document.activeElement as HTMLElement) + step]?.focus();
  }

  return (
    <search
      ref={box}
      aria-label={t("find")}
      className="relative z-20 block max-w-md text-base max-sm:w-full"
      onKeyDown={onKey}
    >
      <div className="flex gap-2">
        <input
          type="search"
          className="input [&::-webkit-search-cancel-button]:hidden"
          aria-label={t("find")}
          placeholder={t("find.hint")}
          value={typed}
          maxLength={128}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
        {onClose && (
          <button type="button" className="button px-3" title={t("find.close")} onClick={onClose}>
            <span aria-hidden="true">✕</span>
            <span className="sr-only">{t("find.close")}</span>
          </button>
        )}
      </div>
      <div className={status === "" ? "sr-only" : "card absolute inset-x-0 top-full mt-2 overflow-hidden shadow-card"}>
        <p role="status" className={found.length > 0 ? "sr-only" : "px-4 py-3 text-muted"}>
          {status}
        </p>
        <ul>
          {found.map((match) => (
            <li key={match.player} className="flex items-center border-line border-b pr-1 last:border-b-0">
              {hrefOf ? (
                <a href={hrefOf(match.player)} title={match.player} className={pick}>
                  <Match match={match} formats={formats} />
                </a>
              ) : (
                <>
                  <WatchLink
                    page={page}
                    player={match.player}
                    title={match.player}
                    {...(onClose && { onPick: onClose })}
                    className={pick}
                  >
                    <Match match={match} formats={formats} />
                  </WatchLink>
                  <FollowButton boardId={boardId} player={match.player} name={match.name} />
                </>
              )}
            </li>
          ))}
        </ul>
      </div>
    </search>
  );
}

const pick =
  "flex min-w-0 grow items-baseline gap-3 py-2.5 pr-2 pl-4 tabular-nums hover:bg-sunken focus-visible:-outline-offset-2";

function Match({ match: { name, score, rank }, formats }: { match: PlayerMatch; formats: Formats }) {
  return (
    <>
      <span className="min-w-8 text-muted">{rank === null ? "–" : formats.whole(rank)}</span>
      <bdi className="grow truncate font-medium">{name}</bdi>
      <span>{formats.score(score)}</span>
    </>
  );
}

/** The value, once it has been the same for that long. */
function useRested(value: string, ms: number): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}
