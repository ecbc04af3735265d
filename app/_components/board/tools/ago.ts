const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** How long ago a moment was, in words: "12 minutes ago". Milliseconds since 1970. */
export function agoText(at: number, language: string, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - at) / 1_000));
  const [unit, length] = units.find(([, inSeconds]) => seconds >= inSeconds) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(language, { numeric: "always" }).format(-Math.floor(seconds / length), unit);
}
