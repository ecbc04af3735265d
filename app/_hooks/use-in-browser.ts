"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** False for what the server writes, and for the browser's first look at it: who writes times does not know the zone. */
export function useInBrowser(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
