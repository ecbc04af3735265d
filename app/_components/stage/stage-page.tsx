"use client";

import { useEffect, useMemo, useState } from "react";
import { BoardNotice } from "@/app/_components/board/board-notice";
import { createFormats } from "@/app/_components/board/formats";
import { Freshness } from "@/app/_components/board/freshness";
import { pageSize } from "@/app/_components/board/paging";
import { StatusPill } from "@/app/_components/board/status-pill";
import { useLiveBoard } from "@/app/_hooks/use-live-board";
import { useTexts } from "@/app/_texts/use-texts";
import type { Snapshot } from "@/lib/domain/snapshot";
import { keepScreenOn } from "./keep-screen-on";
import { Podium } from "./podium";
import { StageRest } from "./stage-rest";

interface StagePageProps {
  boardId: string;
  /** The state that the server rendered, and its tag. */
  snapshot: Snapshot;
  etag: string;
  /** Where the audience finds the board, and that as a QR code. */
  address: string;
  qr: string;
}

const podiumPlaces = 3;

/** A board for a hall: the first three large, the others in turns, nothing that anybody has to touch. */
export function StagePage({ boardId, snapshot: first, etag, address, qr }: StagePageProps) {
  const t = useTexts("stage");
  const { live, view } = useLiveBoard({ boardId, limit: pageSize, offset: 0, player: null, snapshot: first, etag });
  const { board, entries, total } = view.snapshot;
  const formats = useMemo(() => createFormats(t.locale, board.decimals), [t.locale, board.decimals]);
  useEffect(keepScreenOn, []);
  return (
    <div className="flex h-dvh flex-col gap-[2vh] overflow-hidden px-[3vw] py-[3vh]">
      <header className="flex items-start justify-between gap-[3vw]">
        <div className="min-w-0">
          <h1 className="line-clamp-2 font-bold text-[clamp(1.5rem,min(6vh,8vw),5rem)] wrap-anywhere leading-tight tracking-tight">
            <bdi>{board.name}</bdi>
          </h1>
          <div className="mt-[1vh] flex flex-wrap items-center gap-3">
            <StatusPill status={view.status} />
            <Freshness verifiedAt={live.getVerifiedAt} />
            <FullScreenButton />
          </div>
        </div>
        <figure className="flex shrink-0 items-center gap-4 max-sm:hidden">
          <figcaption className="text-right">
            <p className="font-semibold text-[clamp(1rem,2.4vh,2rem)]">{t("follow")}</p>
            <p className="text-[clamp(0.75rem,1.6vh,1.25rem)] text-muted">{address.replace(/^https?:\/\//, "")}</p>
          </figcaption>
          {/* biome-ignore lint/performance/noImgElement: made on the server, nothing to optimize */}
          <img src={qr} alt={t("qr")} className="size-[clamp(5rem,13vh,12rem)] rounded-lg" />
        </figure>
      </header>
      <BoardNotice view={view} />
      {total === 0 ? (
        <p className="grow content-center text-center text-[4vh] text-muted">{t("waiting")}</p>
      ) : (
        <>
          <Podium entries={entries.slice(0, podiumPlaces)} formats={formats} />
          <StageRest
            entries={entries.slice(podiumPlaces)}
            firstPlace={podiumPlaces + 1}
            total={total}
            moves={view.moves}
            formats={formats}
          />
        </>
      )}
    </div>
  );
}

/** There while the page is not on the full screen already. */
function FullScreenButton() {
  const t = useTexts("stage");
  const [can, setCan] = useState(false);
  useEffect(() => {
    const look = () => setCan(document.fullscreenEnabled && !document.fullscreenElement);
    look();
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  if (!can) return null;
  return (
    <button
      type="button"
      className="button min-h-8 py-1 text-sm"
      onClick={() => void document.documentElement.requestFullscreen().catch(() => undefined)}
    >
      {t("fullScreen")}
    </button>
  );
}
