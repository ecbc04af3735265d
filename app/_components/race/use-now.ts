"use client";

import { useEffect, useState } from "react";

const tickMs = 10_000;

/** The clock, every few seconds; first when the server wrote the page. */
export function useNow(first: number): number {
  const [now, setNow] = useState(first);
  useEffect(() => {
    const tick = () => setNow(Date.now());
    tick();
    const timer = setInterval(tick, tickMs);
    return () => clearInterval(timer);
  }, []);
  return now;
}
