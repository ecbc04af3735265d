import type { Entry, Snapshot } from "@/lib/domain/snapshot";

/** `next`, built from the objects of `previous` wherever they say the same, so that React can skip those rows. */
export function shareUnchanged(previous: Snapshot, next: Snapshot): Snapshot {
  const entries = shareEntries(previous.entries, next.entries);
  const board = sameJson(previous.board, next.board) ? previous.board : next.board;
  const same =
    entries === previous.entries &&
    board === previous.board &&
    next.epoch === previous.epoch &&
    next.version === previous.version &&
    next.total === previous.total &&
    next.stale === previous.stale;
  return same ? previous : { ...next, board, entries };
}

function shareEntries(previous: Entry[], next: Entry[]): Entry[] {
  const known = new Map(previous.map((entry) => [entry.player, entry]));
  const entries = next.map((entry) => {
    const old = known.get(entry.player);
    return old && sameJson(old, entry) ? old : entry;
  });
  const same = entries.length === previous.length && entries.every((entry, i) => entry === previous[i]);
  return same ? previous : entries;
}

/** Both come from the same encoder, so equal values have equal text. */
function sameJson(a: object, b: object): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
