import { withDeadline } from "@/db/client";
import { findStandings } from "@/db/queries/standings";
import { findAround, findNext, findPlace, inOneSnapshot } from "@/db/queries/standings-in-order";
import type { Board } from "@/lib/domain/board";
import { RungsError } from "@/lib/domain/errors";
import { type RankedStanding, rankInOrder } from "@/lib/domain/ranking";
import type { Position } from "@/lib/domain/snapshot";
import { type IndexPlayer, isIndexUnavailable } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";
import { indexBehind, postgresEpoch } from "./read-snapshot";
import { indexVanished, rebuildIndex } from "./rebuild-index";

export interface ReadPlayer extends Position {
  total: number;
  entry: RankedStanding;
  /** Players strictly ahead by score and tiebreaks. */
  ahead: number;
  next: RankedStanding | null;
  around: RankedStanding[];
  stale: boolean;
}

export const aroundMax = 50;

/** Where one player stands, and who stands around. Throws `player-not-found`. */
export async function readPlayer(context: Context, board: Board, player: string, around: number): Promise<ReadPlayer> {
  try {
    const read = await readFromIndex(context, board, player, around);
    if (!read.found) throw unknownPlayer(board, player);
    const { epoch, version, total } = read;
    return { epoch, version, total, ...read.found, stale: false };
  } catch (error) {
    if (!isIndexUnavailable(error)) throw error;
    const consequence = "standing read from Postgres, marked stale";
    context.storageErrors.report({ component: "player reads", board: board.id, error, consequence });
    return readFromPostgres(context, board, player, around);
  }
}

async function readFromIndex(context: Context, board: Board, player: string, around: number): Promise<IndexPlayer> {
  const read =
    (await context.index.player(board, player, around)) ??
    (await context.index.player(await rebuildIndex(context, board.uid), player, around));
  if (read && context.lag.isBehind(board.uid, read)) throw indexBehind(board);
  if (read) return read;
  throw indexVanished(board);
}

async function readFromPostgres(
  { database }: Context,
  board: Board,
  player: string,
  around: number,
): Promise<ReadPlayer> {
  const read = inOneSnapshot(database, async (tx) => {
    const [standing] = await findStandings(tx, board.uid, [player]);
    if (!standing) throw unknownPlayer(board, player);
    const { better, seq, ...place } = await findPlace(tx, board, standing);
    const wanted = 2 * around + 1;
    const offset = Math.max(0, Math.min(place.position - 1 - around, place.total - wanted));
    const before = place.position - 1 - offset;
    const inOrder = await findAround(tx, board, standing, { before, after: wanted - 1 - before });
    const [first = standing] = inOrder;
    const entries = rankInOrder(board.rankStyle, inOrder, await findPlace(tx, board, first));
    const next = await findNext(tx, board, standing);
    return {
      epoch: postgresEpoch,
      version: seq,
      total: place.total,
      entry: entries[before] as RankedStanding,
      ahead: better,
      next: next && (rankInOrder(board.rankStyle, [next], await findPlace(tx, board, next))[0] ?? null),
      around: entries,
      stale: true,
    };
  });
  return withDeadline(read);
}

export function unknownPlayer(board: Board, player: string): RungsError {
  return new RungsError("player-not-found", `There is no player ${JSON.stringify(player)} on board "${board.id}".`);
}
