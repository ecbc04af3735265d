/**
 * Compares where a board's watched players stand with where each stood when last judged, and commits what befell them
 * together with the new marks. A crash anywhere leaves both or neither: nothing is lost, and nothing is told twice.
 */
import { type Database, type TransactionSql, withDeadline } from "@/db/client";
import { findBoardByUid } from "@/db/queries/boards";
import { insertItems, type NewItem } from "@/db/queries/inbox";
import { findJudged, findMarks, findReached, lockJudgement, moveJudged, saveMarks } from "@/db/queries/inbox-marks";
import { watchedOnBoard } from "@/db/queries/watched-players";
import type { Board } from "@/lib/domain/board";
import { type Mark, markOf, momentsBetween, sameMark } from "@/lib/domain/moments";
import type { Position } from "@/lib/domain/snapshot";
import { isIndexUnavailable, type RankIndex } from "@/lib/rank-index/rank-index";
import { type Sightings, seePlayers } from "./see-players";

export type Judgement =
  /** The newest item of each player who got one. */
  | { kind: "judged"; newest: Map<string, number> }
  /** Somebody else is judging it just now. */
  | { kind: "busy" }
  /** Not to be judged at present: no whole index to see it by, or one that went back. */
  | { kind: "unseen" };

interface Parts {
  database: Database;
  index: RankIndex;
}

const deadlineMs = 20_000;
const unseen: Judgement = { kind: "unseen" };

export async function judgeBoard({ database, index }: Parts, uid: number): Promise<Judgement> {
  const board = await withDeadline(findBoardByUid(database.db, uid));
  if (!board) return unseen;
  try {
    const judged = database.sql.begin(async (tx): Promise<Judgement> => {
      return (await lockJudgement(tx, uid)) ? judge(index, tx, board) : { kind: "busy" };
    });
    return (await withDeadline(judged, deadlineMs)) as Judgement;
  } catch (error) {
    if (isIndexUnavailable(error) || error instanceof OvertakenError) return unseen;
    throw error;
  }
}

/** The board was deleted or judged by somebody else: what was worked out is rolled back. */
class OvertakenError extends Error {
  override readonly name = "OvertakenError";
}

async function judge(index: RankIndex, tx: TransactionSql, board: Board): Promise<Judgement> {
  const { uid } = board;
  const before = await findJudged(tx, uid);
  const players = await watchedOnBoard(tx, board);
  // Marks are read before the index, so that what is seen is never older than they are.
  const marks = await findMarks(tx, uid, players);
  const state = (await index.states([uid])).get(uid);
  if (!state || (before && wentBack(before, state))) return unseen;
  const sightings = await seePlayers(index, board, players, state.epoch);
  if (!sightings) return unseen;

  const items = itemsOf(board, marks, sightings);
  const unheard = await unheardOf(tx, uid, items, sightings);
  const version = unheard.size === 0 ? state.version : state.version - 1;
  if (!(await moveJudged(tx, uid, before?.round ?? null, { epoch: state.epoch, version }))) {
    throw new OvertakenError();
  }
  await saveMarks(tx, uid, movedMarks(board, marks, sightings, unheard));
  const heard = items.filter(({ player }) => !unheard.has(player));
  return { kind: "judged", newest: await insertItems(tx, uid, heard) };
}

/** A Redis that failed over to an older copy: what it says has been so before. */
function wentBack(before: Position, now: Position): boolean {
  return now.epoch === before.epoch && now.version < before.version;
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
