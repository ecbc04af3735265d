import { type RankedStanding, sameValues } from "./ranking";
import type { Delta, Entry, Snapshot } from "./snapshot";

export interface EntriesDelta {
  changed: { entry: RankedStanding; previousRank: number | null }[];
  /** Players who left the window. */
  removed: string[];
}

/** What turns one window of top entries into the next; both must be of one size limit. */
export function diffEntries(from: readonly RankedStanding[], to: readonly RankedStanding[]): EntriesDelta {
  const before = new Map(from.map((entry) => [entry.player, entry]));
  const changed: EntriesDelta["changed"] = [];
  for (const entry of to) {
    const old = before.get(entry.player);
    before.delete(entry.player);
    if (!old || !looksSame(old, entry)) changed.push({ entry, previousRank: old?.rank ?? null });
  }
  return { changed, removed: [...before.keys()] };
}

/** The snapshot at `delta.to`. Throws when the delta does not start where the snapshot stands. */
export function applyDelta<S extends Pick<Snapshot, "version" | "total" | "entries">>(snapshot: S, delta: Delta): S {
  if (delta.from !== snapshot.version) {
    throw new Error(`delta starts at version ${delta.from}, the snapshot stands at ${snapshot.version}`);
  }
  const gone = new Set(delta.removed);
  for (const entry of delta.changed) gone.add(entry.player);
  const kept = snapshot.entries.filter((entry) => !gone.has(entry.player));
  const changed = delta.changed.map(({ previousRank: _previousRank, ...entry }): Entry => entry);
  const entries = [...kept, ...changed].sort((a, b) => a.position - b.position);
  return { ...snapshot, version: delta.to, total: delta.total, entries };
}

/** `reached` may differ: it is not served. */
function looksSame(a: RankedStanding, b: RankedStanding): boolean {
  return a.rank === b.rank && a.position === b.position && a.name === b.name && sameValues(a.values, b.values);
}
