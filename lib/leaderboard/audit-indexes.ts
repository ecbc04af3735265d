import { withDeadline } from "@/db/client";
import { findBoardByUid } from "@/db/queries/boards";
import { readChanges } from "@/db/queries/outbox";
import type { Position } from "@/lib/domain/snapshot";
import type { IndexState } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";
import { followIndex } from "./follow-index";

/**
 * Compares rank indexes with Postgres, and drops those that are not what they were: a Redis that came back with an older
 * dump, or a replica that took over, has lost changes whose outbox rows are long gone; a Postgres restored from a backup
 * has lost events the index knows. Whoever asks next builds them anew, under a new epoch.
 */
export async function auditIndexes(context: Context, uids: readonly number[]): Promise<void> {
  if (uids.length === 0) return;
  const { database, index, logger } = context;
  const before = await index.states(uids);
  const changes = await withDeadline(readChanges(database.sql, uids));
  const after = await index.states([...before.keys()]);
  for (const [uid, { lastChange, settled, revision }] of changes) {
    const [early, late] = [before.get(uid), after.get(uid)];
    if (!early || !late || early.epoch !== late.epoch) continue;
    if (late.revision < revision) await tellSettings(context, uid);
    const lost = (state: IndexState) => state.epoch === late.epoch && state.through < settled;
    if (early.through <= lastChange && !lost(late)) continue;
    if (early.through <= lastChange && !(await isSo(context, uid, lost))) continue;
    logger.warn({ uid, through: late.through, settled, lastChange }, "rank index is not what it was; building it anew");
    await index.drop(uid, late.epoch);
  }
}

/** Drops an index that no longer knows a version it had once told of. */
export async function dropIfBehind(context: Context, uid: number, known: Position): Promise<void> {
  const behind = (state: IndexState) => state.epoch === known.epoch && state.version < known.version;
  if (!(await isSo(context, uid, behind))) return;
  context.logger.warn({ uid, ...known }, "rank index went back in time; building it anew");
  await context.index.drop(uid, known.epoch);
}

/** Asks again in a way that no replica lagging behind answers. */
async function isSo({ database, index }: Context, uid: number, question: (state: IndexState) => boolean) {
  const board = await withDeadline(findBoardByUid(database.db, uid));
  const state = board && (await index.page(board, 0, 0));
  return state !== null && question(state);
}

/** The index never heard of the newest settings, or forgot them. */
async function tellSettings(context: Context, uid: number): Promise<void> {
  const board = await withDeadline(findBoardByUid(context.database.db, uid));
  if (board) await followIndex(context, board, [], [], []);
}
