const secondsIn = { year: 31_557_600, month: 2_629_800, day: 86_400, hour: 3_600, minute: 60, second: 1 } as const;
const units = Object.keys(secondsIn) as (keyof typeof secondsIn)[];

/**
 * How long ago something was, in the largest unit that fits: "12 minutes ago".
 * @param language that of the texts around; the viewer's tag may be of another
 */
export function agoText(ageMs: number, language: string): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  const unit = units.find((one) => seconds >= secondsIn[one]) ?? "second";
  const format = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  return format.format(-Math.floor(seconds / secondsIn[unit]), unit);
}
