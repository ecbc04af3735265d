import { withDeadline } from "@/db/client";
import { countAhead, pageOfStandings } from "@/db/queries/standings";
import type { Board } from "@/lib/domain/board";
import { type RankedStanding, rankInOrder } from "@/lib/domain/ranking";
import type { Position } from "@/lib/domain/snapshot";
import { IndexUnavailableError } from "@/lib/rank-index/rank-index";
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
    const page = await context.index.page(board, offset, limit);
    if (page) return { ...page, board, stale: false };
    const present = await rebuildIndex(context, board.uid);
    const again = await context.index.page(present, offset, limit);
    if (again) return { ...again, board: present, stale: false };
    throw new IndexUnavailableError(`the rank index of board ${board.uid} vanished right after it was rebuilt`);
  } catch (error) {
    if (!(error instanceof IndexUnavailableError)) throw error;
    return readFromPostgres(context, board, offset, limit);
  }
}

async function readFromPostgres(
  { database }: Context,
  board: Board,
  offset: number,
  limit: number,
): Promise<ReadSnapshot> {
  const page = await withDeadline(pageOfStandings(database, board, offset, limit));
  const [first] = page.standings;
  const position = offset + 1;
  const start = first && offset > 0 ? await withDeadline(countAhead(database.db, board, first)) : null;
  const rank = start ? { competition: start.better + 1, dense: start.groups + 1, ordinal: position } : null;
  const entries = rankInOrder(board.rankStyle, page.standings, { position, rank: rank?.[board.rankStyle] ?? 1 });
  const { total, seq } = page;
  return { epoch: postgresEpoch, version: seq, revision: board.revision, board, total, entries, stale: true };
}
