"use client";

import { useEffect, useState } from "react";

/**
 * The server's clock, ticking; at first what it was when the page was written, so that server and browser render alike.
 * It rests while the tab is hidden.
 */
export function useNow(serverNow: number, tickMs = 1_000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const ahead = serverNow - Date.now();
    const tick = () => document.hidden || setNow(Date.now() + ahead);
    const timer = setInterval(tick, tickMs);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [serverNow, tickMs]);
  return now;
}
