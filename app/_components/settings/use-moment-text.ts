"use client";

import { useMomentFormat } from "@/app/_hooks/use-moment-format";
import { useTexts } from "@/app/_texts/use-texts";

/** Of a moment as the API has it, ISO 8601. */
export type MomentText = (iso: string) => string;

/** Writes moments to the minute. */
export function useMomentText(): MomentText {
  const text = useMomentFormat(useTexts("settings").locale, "short");
  return (iso) => text(Date.parse(iso));
}
