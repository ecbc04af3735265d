"use client";

import { useMomentFormat } from "@/app/_hooks/use-moment-format";
import { useTexts } from "@/app/_texts/use-texts";

export type MomentText = (at: number) => string;

/** Writes moments to the second. */
export function useMomentText(): MomentText {
  return useMomentFormat(useTexts("race").locale, "medium");
}
