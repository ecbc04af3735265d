import { withDeadline } from "@/db/client";
import { findBoardByUid } from "@/db/queries/boards";
import { findPlace, pageOfStandings } from "@/db/queries/standings-in-order";
import type { Board } from "@/lib/domain/board";
import { RungsError } from "@/lib/domain/errors";
import { type RankedStanding, rankInOrder } from "@/lib/domain/ranking";
import type { Position } from "@/lib/domain/snapshot";
import { IndexUnavailableError, isIndexUnavailable } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";
import { rebuildIndex } from "./rebuild-index";

export interface ReadSnapshot extends Position {
  board: Board;
  /** The settings revision the position belongs to. */
  revision: number;
  total: number;
  entries: RankedStanding[];
  /** True when the rank index was away and Postgres answered. */
  stale: boolean;
}

/** States read from Postgres are named by this epoch and the board's event number. */
export const postgresEpoch = "pg";

/** A page of a board in order: from the rank index, rebuilt first if it was lost, else from Postgres. */
export async function readSnapshot(
  context: Context,
  board: Board,
  offset: number,
  limit: number,
): Promise<ReadSnapshot> {
  try {
    return await readFromIndex(context, board, offset, limit);
  } catch (error) {
    if (!isIndexUnavailable(error)) throw error;
    const consequence = "page read from Postgres, marked stale";
    context.storageErrors.report({ component: "board pages", board: board.id, error, consequence });
    return readFromPostgres(context, board, offset, limit);
  }
}

const readsMax = 4;

async function readFromIndex(context: Context, known: Board, offset: number, limit: number): Promise<ReadSnapshot> {
  let board = known;
  for (let read = 0; read < readsMax; read++) {
    const page = await context.index.page(board, offset, limit);
    if (!page) board = await rebuildIndex(context, board.uid);
    else if (context.lag.isBehind(board.uid, page)) throw indexBehind(board);
    // The index has heard of newer settings, which ranks and reply depend on.
    else if (page.revision > board.revision) board = await present(context, board);
    else return { ...page, board, stale: false };
  }
  const message = `the rank index of board ${board.uid} vanished, or its settings changed, ${readsMax} times in one read`;
  throw new IndexUnavailableError(message, { fault: "lost" });
}

/** The index lacks changes that were committed: Postgres has to answer. */
export function indexBehind({ uid }: Board): IndexUnavailableError {
  return new IndexUnavailableError(`the rank index of board ${uid} is behind`, { fault: "pending" });
}

async function present({ database }: Context, { uid }: Board): Promise<Board> {
  const board = await withDeadline(findBoardByUid(database.db, uid));
  if (!board) throw new RungsError("board-not-found", "The board was deleted.");
  return board;
}

async function readFromPostgres(
  { database }: Context,
  board: Board,
  offset: number,
  limit: number,
): Promise<ReadSnapshot> {
  const page = await withDeadline(pageOfStandings(database, board, offset, limit));
  const [first] = page.standings;
  const start = first && offset > 0 ? await withDeadline(findPlace(database.db, board, first)) : null;
  const place = { position: offset + 1, rank: start?.rank ?? 1 };
  const entries = rankInOrder(board.rankStyle, page.standings, place);
  const { total, seq } = page;
  return { epoch: postgresEpoch, version: seq, revision: board.revision, board, total, entries, stale: true };
}
