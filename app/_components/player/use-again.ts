import { useEffect, useRef } from "react";

/** Calls `again` whenever `now` is another than before. */
export function useAgain(now: string, again: () => void): void {
  const before = useRef(now);
  useEffect(() => {
    if (before.current === now) return;
    before.current = now;
    again();
  }, [now, again]);
}
