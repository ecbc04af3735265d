"use client";

import { useEffect, useState } from "react";

const tickMs = 1_000;

/** Ticks by itself, so that nothing else on the page has to. */
export function Freshness({ verifiedAt }: { verifiedAt: () => number }) {
  const [text, setText] = useState("updated just now");
  useEffect(() => {
    const tick = () => setText(ageText(Date.now() - verifiedAt()));
    const timer = setInterval(tick, tickMs);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [verifiedAt]);
  return <span className="min-w-36 whitespace-nowrap text-muted text-sm tabular-nums">{text}</span>;
}

export function ageText(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  if (seconds < 2) return "updated just now";
  if (seconds < 60) return `updated ${seconds} s ago`;
  if (seconds < 3_600) return `updated ${Math.floor(seconds / 60)} min ago`;
  return `updated ${Math.floor(seconds / 3_600)} h ago`;
}
