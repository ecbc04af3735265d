/**
 * Compares where a board's watched players stand with where each stood when last judged, and commits what befell them
 * together with the new marks. A crash anywhere leaves both or neither: nothing is lost, and nothing is told twice.
 */
import { type Database, type TransactionSql, withDeadline } from "@/db/client";
import { findBoardByUid } from "@/db/queries/boards";
import { insertItems, type NewItem } from "@/db/queries/inbox";
import { findJudged, findMarks, findReached, lockJudgement, moveJudged, saveMarks } from "@/db/queries/inbox-marks";
import { readLogs } from "@/db/queries/outbox";
import { watchedOnBoard } from "@/db/queries/watched-players";
import type { Board } from "@/lib/domain/board";
import { compareWithLog, type LogSummary } from "@/lib/domain/board-log";
import { type Mark, markOf, momentsBetween, sameMark } from "@/lib/domain/moments";
import type { Position } from "@/lib/domain/snapshot";
import type { Metrics } from "@/lib/metrics";
import { type IndexState, isIndexUnavailable, type RankIndex } from "@/lib/rank-index/rank-index";
import type { StorageErrors } from "@/lib/storage-errors";
import { type Sightings, seePlayers } from "./see-players";

export type Judgement =
  /** The newest item of each player who got one. */
  { kind: "judged"; newest: Map<string, number> } | Undone;

/** Somebody else is judging it just now; or there is no whole index to see it by, or one that went back. */
type Undone = { kind: "busy" } | { kind: "unseen" };

interface Parts {
  database: Database;
  index: RankIndex;
  metrics: Metrics;
  storageErrors: StorageErrors;
}

/** Players in one transaction: each has a mark of their own, so a board may be judged in parts. */
const batchMax = 500;
const deadlineMs = 10_000;
const unseen: Undone = { kind: "unseen" };

export async function judgeBoard(parts: Parts, uid: number): Promise<Judgement> {
  const { database, index, metrics } = parts;
  const board = await withDeadline(findBoardByUid(database.db, uid));
  if (!board) return unseen;
  // What is seen later may be newer, and is looked at again; it is never older.
  const start = await index.states([uid]).then(
    (states) => states.get(uid),
    (error: unknown) => indexAway(parts, board, error),
  );
  if (!start) return unseen;
  const players = await withDeadline(watchedOnBoard(database.sql, board));
  const newest = new Map<string, number>();
  let unheard = 0;
  for (let i = 0; i === 0 || i < players.length; i += batchMax) {
    const isLast = i + batchMax >= players.length;
    const batch = { players: players.slice(i, i + batchMax), isLast: isLast && unheard === 0, start };
    const judged = await judgeBatch(parts, board, batch);
    // What earlier batches found is committed: it is told of all the same.
    if (judged.kind !== "judged") return newest.size > 0 ? { kind: "judged", newest } : judged;
    metrics.inboxItems.inc({ status: "stored" }, judged.stored);
    unheard += judged.unheard;
    for (const [player, id] of judged.newest) newest.set(player, id);
  }
  return { kind: "judged", newest };
}

interface Batch {
  players: string[];
  /** With it the board is judged. */
  isLast: boolean;
  start: IndexState;
}

type BatchJudgement = { kind: "judged"; newest: Map<string, number>; stored: number; unheard: number } | Undone;

async function judgeBatch(parts: Parts, board: Board, batch: Batch): Promise<BatchJudgement> {
  const { database, index } = parts;
  try {
    const judged = database.sql.begin(async (tx): Promise<BatchJudgement> => {
      return (await lockJudgement(tx, board.uid)) ? judge(index, tx, board, batch) : { kind: "busy" };
    });
    return (await withDeadline(judged, deadlineMs)) as BatchJudgement;
  } catch (error) {
    if (isIndexUnavailable(error)) indexAway(parts, board, error);
    else if (!(error instanceof OvertakenError)) throw error;
    return unseen;
  }
}

function indexAway({ storageErrors }: Parts, board: Board, error: unknown): undefined {
  const consequence = "inboxes of the board not brought up to date; retried within seconds";
  storageErrors.report({ component: "inbox worker", board: board.id, error, consequence });
}

/** The board was deleted or judged by somebody else: what was worked out is rolled back. */
class OvertakenError extends Error {
  override readonly name = "OvertakenError";
}

async function judge(
  index: RankIndex,
  tx: TransactionSql,
  board: Board,
  { players, isLast, start }: Batch,
): Promise<BatchJudgement> {
  const { uid } = board;
  const before = await findJudged(tx, uid);
  // Marks are read before the index, so that what is seen is never older than they are.
  const marks = await findMarks(tx, uid, players);
  if (before && wentBack(before, start)) return unseen;
  // A Redis that went back may have come to a later version since by other changes: then it lacks some of these.
  const log = (await readLogs(tx, [uid])).get(uid);
  if (!log || isOfAnotherLog(start, log)) return unseen;
  const through = Math.max(log.settled, start.through, before?.through ?? 0);
  const sightings = await seePlayers(index, board, players, { epoch: start.epoch, through });
  if (!sightings) return unseen;

  const items = itemsOf(board, marks, sightings);
  const unheard = await unheardOf(tx, uid, items, sightings);
  // One short of where it stands while somebody is left: it will be looked at again.
  const version = isLast && unheard.size === 0 ? start.version : start.version - 1;
  if (!(await moveJudged(tx, uid, before?.round ?? null, { epoch: start.epoch, version, through }))) {
    throw new OvertakenError();
  }
  await saveMarks(tx, uid, movedMarks(board, marks, sightings, unheard));
  const heard = items.filter(({ player }) => !unheard.has(player));
  return { kind: "judged", newest: await insertItems(tx, uid, heard), stored: heard.length, unheard: unheard.size };
}

/** A Redis that failed over to an older copy: what it says has been so before. */
function wentBack(before: Position, now: Position): boolean {
  return now.epoch === before.epoch && now.version < before.version;
}

/** The index was built from another history, or lacks entries: its ranks are not the board's. */
function isOfAnotherLog(start: IndexState, log: LogSummary): boolean {
  return ["foreign", "wrong"].includes(compareWithLog(start, log));
}

function itemsOf(board: Board, marks: ReadonlyMap<string, Mark>, sightings: Sightings): NewItem[] {
  return [...sightings].flatMap(([player, { position, ...sight }]) => {
    const mark = marks.get(player);
    const moments = mark ? momentsBetween(board, mark, sight) : [];
    return moments.map((moment) => ({ ...moment, player, position }));
  });
}

/**
 * Players of whose own newest values the index has yet to hear. Others may seem to have passed them who never did, so
 * they are left to the next look; the board counts as not quite judged until then.
 */
async function unheardOf(
  tx: TransactionSql,
  uid: number,
  items: readonly NewItem[],
  sightings: Sightings,
): Promise<Set<string>> {
  const players = new Set(items.map(({ player }) => player));
  if (players.size === 0) return players;
  const reached = await findReached(tx, uid, [...players]);
  return new Set([...players].filter((player) => sightings.get(player)?.entry.reached !== reached.get(player)));
}

function movedMarks(
  board: Board,
  marks: ReadonlyMap<string, Mark>,
  sightings: Sightings,
  unheard: ReadonlySet<string>,
): Map<string, Mark> {
  const moved = new Map<string, Mark>();
  for (const [player, sight] of sightings) {
    const [before, now] = [marks.get(player), markOf(board, sight)];
    if (!unheard.has(player) && !(before && sameMark(before, now))) moved.set(player, now);
  }
  return moved;
}
