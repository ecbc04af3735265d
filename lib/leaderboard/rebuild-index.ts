import { withDeadline } from "@/db/client";
import { findBoardByUid } from "@/db/queries/boards";
import { allStandings } from "@/db/queries/standings";
import type { Board } from "@/lib/domain/board";
import { RungsError } from "@/lib/domain/errors";
import { IndexUnavailableError } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";

const waitForOtherMs = 200;
const waitForOtherMaxMs = 60_000;

/**
 * Builds a board's rank index from Postgres; concurrent calls for one board share the work. What changes meanwhile is
 * carried over by the index, or comes by whoever changed it, who finds no index and asks for this too.
 * @returns the board as it is now. Throws `board-not-found`, or IndexUnavailableError.
 */
export function rebuildIndex(context: Context, uid: number): Promise<Board> {
  const running = inFlight(context);
  const present = running.get(uid);
  if (present) return present;
  const work = rebuild(context, uid).finally(() => running.delete(uid));
  running.set(uid, work);
  return work;
}

async function rebuild(context: Context, uid: number): Promise<Board> {
  const { database, index, logger } = context;
  const deadline = Date.now() + waitForOtherMaxMs;
  while (Date.now() < deadline) {
    const board = await withDeadline(findBoardByUid(database.db, uid));
    if (!board) {
      await index.drop(uid);
      throw new RungsError("board-not-found", "The board was deleted.");
    }
    const startedAt = Date.now();
    const state = await index.rebuild(board, allStandings(database, uid));
    if (state) {
      logger.info({ board: board.id, total: state.total, ms: Date.now() - startedAt }, "rank index rebuilt");
      context.onIndexChanged(uid, state);
      return board;
    }
    if (await builtByAnother(context, board)) return board;
  }
  throw new IndexUnavailableError(`another instance did not finish rebuilding board ${uid}`);
}

async function builtByAnother({ index }: Context, board: Board): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, waitForOtherMs * (0.5 + Math.random())));
  return (await index.page(board, 0, 1)) !== null;
}

const running = new WeakMap<Context, Map<number, Promise<Board>>>();

function inFlight(context: Context): Map<number, Promise<Board>> {
  const present = running.get(context) ?? new Map<number, Promise<Board>>();
  running.set(context, present);
  return present;
}
