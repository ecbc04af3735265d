/** How stream events make the state of a board. Pure, like board-state.ts, and loaded for boards that stream only. */
import { applyDelta } from "@/lib/domain/delta";
import type { Delta, Position, Snapshot } from "@/lib/domain/snapshot";
import { type BoardState, lagMaxMs, show } from "./board-state";

/** What one tab gives another. */
export interface HandedOver {
  snapshot: Snapshot;
  /** When the giver came to its epoch; 0 when it has left it. */
  epochAt: number;
}

/** A stream that is opened now begins where we are. */
export function fromHere(state: BoardState): BoardState {
  return { ...state, base: state.shown };
}

/** What the stream's next delta continues, for a tab that joins. */
export function forNewcomer({ base, shown, epochAt, serverStale }: BoardState): HandedOver {
  const { stale: _stale, ...snapshot } = base ?? shown;
  return {
    snapshot: serverStale ? { ...snapshot, stale: true } : snapshot,
    epochAt: snapshot.epoch === shown.epoch ? epochAt : 0,
  };
}

/** `gap` asks for a poll: it is not certain which of two epochs is the newer. */
export function afterHandover(
  state: BoardState,
  { snapshot, epochAt }: HandedOver,
  now: number,
): { state: BoardState; gap: boolean } {
  const former = snapshot.epoch !== state.shown.epoch && epochAt < state.epochAt;
  if (former) return { state: { ...state, base: snapshot }, gap: true };
  const next = afterStreamSnapshot(state, snapshot, now);
  // The giver's word for it: what it came to first is older, in whatever order tabs hand it on.
  return { state: snapshot.epoch === state.shown.epoch ? next : { ...next, epochAt }, gap: false };
}

export function afterStreamSnapshot(state: BoardState, snapshot: Snapshot, now: number): BoardState {
  const older = snapshot.epoch === state.shown.epoch && snapshot.version < state.shown.version;
  const next = older ? state : show(state, snapshot, now);
  return { ...next, base: older ? snapshot : next.shown, serverStale: snapshot.stale === true };
}

/** `gap` asks for a poll: the delta does not continue anything we have. */
export function afterDelta(
  state: BoardState,
  epoch: string,
  delta: Delta,
  now: number,
): { state: BoardState; gap: boolean } {
  const { shown } = state;
  const start = [state.base, shown].find((known) => known?.epoch === epoch && known.version === delta.from);
  if (!start) return { state, gap: shown.epoch !== epoch || delta.to > shown.version };
  // When an index is lost or back, the server sends a snapshot: a delta leaves `stale` as it is.
  const base = applyDelta(start, delta);
  if (shown.epoch === epoch && shown.version > base.version) return { state: { ...state, base }, gap: false };
  if (shown.epoch !== epoch && !state.serverStale) return { state: { ...state, base }, gap: true };
  const next = show(state, base, now);
  return { state: { ...next, base: next.shown, serverStale: base.stale === true }, gap: false };
}

/** A stream that stays in an epoch which we took for a former one is right. */
export function afterHeartbeat(state: BoardState, { epoch, version }: Position, now: number): BoardState {
  const { base, shown, epochAt } = state;
  const isBase = base?.epoch === epoch && base.version === version;
  return isBase && shown.epoch !== epoch && now - epochAt >= lagMaxMs ? show(state, base, now) : state;
}

/** Whether a heartbeat names a version that this state has not reached. */
export function isBehind({ shown }: BoardState, heartbeat: Position): boolean {
  return heartbeat.epoch !== shown.epoch || heartbeat.version > shown.version;
}
