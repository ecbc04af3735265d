/** A moment in the organizer's own words and time zone. For what is rendered in the browser only. */
export function momentText(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}
