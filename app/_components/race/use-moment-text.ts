"use client";

import { useMemo } from "react";
import { momentFormat } from "@/app/_components/chart/time-axis";
import { useInBrowser } from "@/app/_hooks/use-in-browser";
import { useTexts } from "@/app/_texts/use-texts";

export type MomentText = (at: number) => string;

/** Writes moments in the viewer's time zone; on the server, which does not know it, in UTC, and says so. */
export function useMomentText(): MomentText {
  const { locale } = useTexts("race");
  const inBrowser = useInBrowser();
  return useMemo(() => {
    if (inBrowser) return momentFormat(locale);
    const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
    return (at) => `${format.format(at)} UTC`;
  }, [locale, inBrowser]);
}
