/**
 * Compares rank indexes with Postgres. An index that is not what Postgres says is deleted, and built anew under a new
 * epoch for the next reader: of a Redis that came back with an older dump, or a replica that was promoted with changes
 * missing, whose outbox rows are long gone; of a Postgres that was restored, or promoted with commits missing, so that
 * the index is of another history, or of a board that Postgres does not have; or one that lost entries. An index that
 * changes do not reach any more is kept, and its board served as stale.
 */
import { setTimeout } from "node:timers/promises";
import { withDeadline } from "@/db/client";
import { findBoardByUid } from "@/db/queries/boards";
import { type BoardLog, correctLogSummary, countLog, readLogs } from "@/db/queries/outbox";
import { compareWithLog } from "@/lib/domain/board-log";
import type { Position } from "@/lib/domain/snapshot";
import type { IndexState } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";
import { type IndexFault, noteDropped } from "./dropped-index";

/** A commit reaches the index within milliseconds; one that takes longer than this has been held up. */
const lagMaxMs = 1_000;
/** Counting reads all standings of a board. */
const countDeadlineMs = 30_000;

/** Gives the uids of the boards whose index it deleted for a rebuild. */
export async function auditIndexes(context: Context, uids: readonly number[]): Promise<Set<number>> {
  const dropped = new Set<number>();
  if (uids.length === 0) return dropped;
  const { database, index, storageErrors } = context;
  const connectionsLost = database.connectionsLost();
  const required = uids.map((uid) => [uid, context.lag.requiredOf(uid)] as const);
  const before = await index.states(uids);
  const logs = await withDeadline(readLogs(database.sql, uids));
  const after = await index.states([...before.keys()]);
  for (const [uid, through] of required) {
    if (isMet(through, logs.get(uid), after.get(uid))) context.lag.met(uid, through);
  }
  const behind = new Map<number, number>();
  const verified: number[] = [];
  for (const [uid, log] of logs) {
    const [early, late] = [before.get(uid), after.get(uid)];
    if (!early && !late) verified.push(uid);
    if (!early || !late || early.epoch !== late.epoch) continue;
    try {
      if (late.revision < log.revision) await applySettings(context, uid);
      const fault = await faultOf(context, uid, { early, late, log });
      if (fault) {
        await dropIndex(context, uid, late, fault);
        dropped.add(uid);
      } else if (late.through < log.lastChange) {
        // The instance that was to bring the change to the index may be gone.
        if (log.unsettledMs > lagMaxMs) serveAsStale(context, uid, late, log.lastChange);
        else behind.set(uid, log.lastChange);
      }
      verified.push(uid);
    } catch (error) {
      const consequence = "rank index not compared with Postgres; the next audit repeats it";
      storageErrors.report({ component: "index audit", board: uid, error, consequence });
    }
  }
  for (const uid of before.keys()) if (!logs.has(uid)) await dropOrphan(context, uid);
  if (behind.size > 0) requireLater(context, behind);
  context.onIndexesVerified(verified, connectionsLost);
  return dropped;
}

/** Whether an index has all changes up to an event, or needs none: without board or index, or if Postgres has lost them. */
function isMet(through: number, log: BoardLog | undefined, index: IndexState | undefined): boolean {
  return !log || !index || through > log.lastChange || through <= index.through;
}

interface Comparison {
  early: IndexState;
  late: IndexState;
  log: BoardLog;
}

async function faultOf(context: Context, uid: number, { early, late, log }: Comparison): Promise<IndexFault | null> {
  const verdict = compareWithLog(early, log);
  if (verdict === "foreign") return "foreign";
  if (verdict === "wrong" && (await isWrong(context, uid, early))) return "wrong";
  const lost = (state: IndexState) => state.epoch === late.epoch && state.through < log.settled;
  return lost(late) && (await isSo(context, uid, lost)) ? "lost" : null;
}

/**
 * Counts the standings of a board whose summary differs from the index. A summary that the count shows to be wrong, after
 * changes by hand or by a release that did not keep it, is corrected. A commit after the index was read does not matter
 * as long as the summary is right: the index differed from what it should have been then.
 */
async function isWrong(context: Context, uid: number, index: IndexState): Promise<boolean> {
  const { sql } = context.database;
  const counted = await withDeadline(countLog(sql, uid), countDeadlineMs);
  if (!counted) return false;
  const verdict = compareWithLog(index, counted);
  if (counted.isAsRecorded) return verdict === "wrong" || verdict === "behind";
  context.logger.error({ component: "index audit", uid, ...counted }, "board summary was wrong; corrected by a count");
  await withDeadline(correctLogSummary(sql, uid, counted));
  return verdict === "wrong";
}

/** Serves as stale the boards whose index is still behind a while later. */
function requireLater(context: Context, behind: ReadonlyMap<number, number>): void {
  const check = async () => {
    await setTimeout(lagMaxMs, undefined, { ref: false });
    const states = await context.index.states([...behind.keys()]);
    for (const [uid, lastChange] of behind) {
      const state = states.get(uid);
      if (state && state.through < lastChange) serveAsStale(context, uid, state, lastChange);
    }
  };
  check().catch((error: unknown) => {
    const consequence = "lag of rank indexes not read; the next audit repeats it";
    context.storageErrors.report({ component: "index audit", error, consequence });
  });
}

function serveAsStale(context: Context, uid: number, { through }: IndexState, lastChange: number): void {
  if (context.lag.requiredOf(uid) >= lastChange) return;
  context.lag.require(uid, lastChange);
  context.onIndexBehind(uid);
  const facts = { component: "index audit", uid, through, lastChange };
  context.logger.warn(facts, "rank index is behind; board served as stale");
}

/** Drops an index that no longer knows a version it had once told of. */
export async function dropIfBehind(context: Context, uid: number, known: Position): Promise<void> {
  const behind = (state: IndexState) => state.epoch === known.epoch && state.version < known.version;
  if (await isSo(context, uid, behind)) await dropIndex(context, uid, known, "went back");
}

/**
 * Postgres has no such board: it was deleted while its index could not be, or Postgres went back to before it was made.
 * Its readers are refused whether or not Redis deletes the index.
 */
async function dropOrphan(context: Context, uid: number): Promise<void> {
  context.onIndexChanged(uid, null);
  noteDropped(context, uid, "orphan");
  await context.index.drop(uid).catch((error: unknown) => {
    const consequence = "rank index of a board that Postgres lacks not deleted; it takes memory, and nobody reads it";
    context.storageErrors.report({ component: "index audit", board: uid, error, consequence });
  });
}

async function dropIndex(context: Context, uid: number, { epoch }: Position, fault: IndexFault): Promise<void> {
  noteDropped(context, uid, fault);
  const through = context.lag.requiredOf(uid);
  await context.index.drop(uid, epoch);
  // A new one lacks nothing that was committed by now.
  context.lag.met(uid, through);
}

/** Asks again in a way that no replica lagging behind answers. */
async function isSo(context: Context, uid: number, question: (state: IndexState) => boolean): Promise<boolean> {
  const state = await stateNow(context, uid);
  return state !== null && question(state);
}

/** By a script, which runs on the primary. */
async function stateNow({ database, index }: Context, uid: number): Promise<IndexState | null> {
  const board = await withDeadline(findBoardByUid(database.db, uid));
  return board && index.page(board, 0, 0);
}

/** The newest settings did not reach the index, or it lost them. */
async function applySettings(context: Context, uid: number): Promise<void> {
  const board = await withDeadline(findBoardByUid(context.database.db, uid));
  if (!board) return;
  const applied = await context.index.apply(board, [], []);
  if (applied) context.onIndexChanged(uid, applied);
}
