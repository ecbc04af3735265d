/** A moment as the organizer writes it, in the browser's time zone. For what is rendered in the browser only. */
export function momentText(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}
