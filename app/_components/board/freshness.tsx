"use client";

import { useEffect, useState } from "react";
import type { Texts } from "@/app/_texts/texts";
import { useTexts } from "@/app/_texts/use-texts";

const tickMs = 1_000;

/** Ticks by itself, so that nothing else on the page has to. */
export function Freshness({ verifiedAt }: { verifiedAt: () => number }) {
  const t = useTexts("board");
  const [ageMs, setAgeMs] = useState(0);
  useEffect(() => {
    const tick = () => setAgeMs(Date.now() - verifiedAt());
    const timer = setInterval(tick, tickMs);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [verifiedAt]);
  return <span className="min-w-36 whitespace-nowrap text-muted text-sm tabular-nums">{ageText(ageMs, t)}</span>;
}

export function ageText(ageMs: number, t: Texts<"board">): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  if (seconds < 2) return t("updatedNow");
  if (seconds < 60) return t("updatedSeconds", { count: seconds });
  if (seconds < 3_600) return t("updatedMinutes", { count: Math.floor(seconds / 60) });
  return t("updatedHours", { count: Math.floor(seconds / 3_600) });
}
