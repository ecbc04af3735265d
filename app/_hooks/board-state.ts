/**
 * How polls make the state that is shown; stream-state.ts has what streams make of it. Pure: times come in as arguments.
 * `base` follows the stream alone, so that a poll in between never breaks the chain of deltas; what is shown is the
 * newer of the two.
 */
import type { Snapshot } from "@/lib/domain/snapshot";
import { shareUnchanged } from "./share-unchanged";

export interface BoardState {
  shown: Snapshot;
  base: Snapshot | null;
  /** When `shown` last changed, and when it came to its epoch. */
  shownAt: number;
  epochAt: number;
  /** The server's word that its answers may be out of date. */
  serverStale: boolean;
}

/**
 * Caches and instances that lag may serve an older version for this long at most; later it is the server that
 * went back, and the server is right.
 */
export const lagMaxMs = 15_000;
/** The same for an answer marked as stale: an instance serves its last page of a large board for up to a minute. */
const staleLagMaxMs = 75_000;

export function initialState(snapshot: Snapshot, now: number): BoardState {
  return { shown: snapshot, base: null, shownAt: now, epochAt: now, serverStale: snapshot.stale === true };
}

/** @param requestedAt when the poll was sent: it may have been overtaken by the stream or by a later poll. */
export function afterPoll(state: BoardState, polled: Snapshot, requestedAt: number, now: number): BoardState {
  const { shown } = state;
  const overtaken =
    polled.epoch === shown.epoch
      ? polled.version < shown.version && requestedAt - state.shownAt < (polled.stale ? staleLagMaxMs : lagMaxMs)
      : requestedAt < state.epochAt;
  if (overtaken) return state;
  return { ...show(state, polled, now), serverStale: polled.stale === true };
}

export function show(state: BoardState, snapshot: Snapshot, now: number): BoardState {
  const shown = shareUnchanged(state.shown, snapshot);
  if (shown === state.shown) return state;
  return { ...state, shown, shownAt: now, epochAt: shown.epoch === state.shown.epoch ? state.epochAt : now };
}
