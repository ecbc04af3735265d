/** What can be found wrong with a run, and the times by which it is measured. */
export interface Violation {
  invariant: Invariant;
  detail: string;
}

export type Invariant =
  | "fault felt"
  | "counted once"
  | "all or nothing"
  | "no refusal"
  | "standings"
  | "no crash"
  | "right or stale"
  | "index"
  | "versions grow"
  | "deltas chain"
  | "no way back"
  | "stream converges"
  | "poll converges"
  | "page converges"
  | "status true"
  | "board stays"
  | "source survives"
  | "fresh"
  | "inbox shown once"
  | "inbox true"
  | "inbox judged";

/** Milliseconds after everything is healed, all writers are answered and Postgres is at rest. */
export const limits = {
  index: 10_000,
  /** 15 s as promised; and half a second for the viewer's own machine, which here is the servers' as well. */
  stream: 15_500,
  /** From when the index of every instance is right; likewise. */
  poll: 6_500,
  /** How long ago Postgres may have held a board that is served unmarked. */
  served: { poll: 6_500, visit: 6_500, stream: 15_500 },
  /** So much longer behind nginx: a reply counts for a second there, and one more while a newer one is fetched. */
  cached: 2_000,
  /** For a page to notice that nothing arrives any more, likewise. */
  notice: 15_500,
  /** For a change long after healing to be on every stream. */
  fresh: 2_000,
  /** From when all viewers are right: for what befell watched players to be told, and again for what befalls them then. */
  inbox: 15_000,
};
