"use client";

import { useMemo } from "react";
import { useInBrowser } from "./use-in-browser";

/** Writes moments, in milliseconds, in the viewer's time zone; on the server, which does not know it, in UTC, and says so. */
export function useMomentFormat(locale: string, timeStyle: "short" | "medium"): (at: number) => string {
  const inBrowser = useInBrowser();
  return useMemo(() => {
    const zone = inBrowser ? {} : { timeZone: "UTC" };
    const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle, ...zone });
    return (at) => `${format.format(at)}${inBrowser ? "" : " UTC"}`;
  }, [locale, timeStyle, inBrowser]);
}
