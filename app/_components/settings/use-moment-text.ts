"use client";

import { useMemo } from "react";
import { useInBrowser } from "@/app/_hooks/use-in-browser";
import { useTexts } from "@/app/_texts/use-texts";

/** Of a moment as the API has it, ISO 8601. */
export type MomentText = (iso: string) => string;

/** Writes moments in the organizer's time zone; on the server, which does not know it, in UTC, and says so. */
export function useMomentText(): MomentText {
  const { locale } = useTexts("settings");
  const inBrowser = useInBrowser();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(locale, {
      dateStyle: "medium",
      timeStyle: "short",
      ...(!inBrowser && { timeZone: "UTC" }),
    });
    return (iso) => `${format.format(new Date(iso))}${inBrowser ? "" : " UTC"}`;
  }, [locale, inBrowser]);
}
