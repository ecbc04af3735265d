import type { PlayerEvent, PlayerEvents } from "@/lib/domain/history";

/** The player's events that have arrived: without a gap, newest first. */
export interface KnownEvents {
  events: readonly PlayerEvent[];
  /** To be asked for as `before`; null when the first is there. */
  next: number | null;
  /** False where events before the board's first known ones are no longer looked at. */
  complete: boolean;
}

/** With the newest page, which may have news and may have lost its end to older pages. */
export function withNewest(known: KnownEvents | null, page: PlayerEvents): KnownEvents {
  const newest = known?.events[0]?.seq ?? 0;
  const oldest = page.events.at(-1)?.seq ?? 0;
  // More has happened than fits a page: what lies between is not known.
  if (!known || (oldest > newest && page.next !== null)) return withNext(page.events, page);
  return { ...known, events: [...page.events.filter(({ seq }) => seq > newest), ...known.events] };
}

/** With the page that was asked for by `next`. */
export function withEarlier(known: KnownEvents, page: PlayerEvents): KnownEvents {
  const oldest = known.events.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
  const earlier = page.events.filter(({ seq }) => seq < oldest);
  return withNext([...known.events, ...earlier], page);
}

function withNext(events: readonly PlayerEvent[], { next, complete }: PlayerEvents): KnownEvents {
  return { events, next, complete };
}
