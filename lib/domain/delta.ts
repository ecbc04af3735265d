import type { ChangedEntry, Delta, Entry, Snapshot } from "./snapshot";

type Window = Pick<Snapshot, "version" | "total" | "entries">;

/** What turns one window of the top entries into the next; both must be of one epoch and one size limit. */
export function diffSnapshots(from: Window, to: Window): Delta {
  const before = new Map(from.entries.map((entry) => [entry.player, entry]));
  const changed: ChangedEntry[] = [];
  for (const entry of to.entries) {
    const old = before.get(entry.player);
    before.delete(entry.player);
    if (!old || !sameEntry(old, entry)) changed.push({ ...entry, previousRank: old?.rank ?? null });
  }
  return { from: from.version, to: to.version, total: to.total, changed, removed: [...before.keys()] };
}

/** The snapshot at `delta.to`. Throws when the delta does not start where the snapshot stands. */
export function applyDelta<S extends Window>(snapshot: S, delta: Delta): S {
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

function sameEntry(a: Entry, b: Entry): boolean {
  return (
    a.rank === b.rank &&
    a.position === b.position &&
    a.score === b.score &&
    a.name === b.name &&
    a.tiebreaks.length === b.tiebreaks.length &&
    a.tiebreaks.every((value, i) => value === b.tiebreaks[i])
  );
}
