import type { Texts } from "@/app/_texts/texts";

const secondsIn = { year: 31_557_600, month: 2_629_800, day: 86_400, hour: 3_600, minute: 60, second: 1 } as const;
const units = Object.keys(secondsIn) as (keyof typeof secondsIn)[];
const justNowSeconds = 5;

/** How long ago something changed, in the largest unit that fits. */
export function changedText(ageMs: number, t: Texts<"home">): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  if (seconds < justNowSeconds) return t("changedNow");
  const unit = units.find((one) => seconds >= secondsIn[one]) ?? "second";
  // Words, so by the language of the texts; the viewer's tag may be of another.
  const format = new Intl.RelativeTimeFormat(t.language, { numeric: "auto" });
  return t("changed", { ago: format.format(-Math.floor(seconds / secondsIn[unit]), unit) });
}
