import { agoText } from "@/app/_texts/ago";
import type { Texts } from "@/app/_texts/texts";

const justNowMs = 5_000;

/** How long ago something changed. */
export function changedText(ageMs: number, t: Texts<"home">): string {
  return ageMs < justNowMs ? t("changedNow") : t("changed", { ago: agoText(ageMs, t.language) });
}
