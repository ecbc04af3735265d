import { withDeadline } from "@/db/client";
import { countAhead, findStandings, pageOfStandings } from "@/db/queries/standings";
import type { Board } from "@/lib/domain/board";
import { RungsError } from "@/lib/domain/errors";
import { type RankedStanding, rankInOrder, sameValues } from "@/lib/domain/ranking";
import type { Position } from "@/lib/domain/snapshot";
import { type IndexPlayer, IndexUnavailableError, isIndexUnavailable } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";
import { postgresEpoch } from "./read-snapshot";
import { rebuildIndex } from "./rebuild-index";

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
    return readFromPostgres(context, board, player, around);
  }
}

async function readFromIndex(context: Context, board: Board, player: string, around: number): Promise<IndexPlayer> {
  const read = await context.index.player(board, player, around);
  if (read) return read;
  const again = await context.index.player(await rebuildIndex(context, board.uid), player, around);
  if (again) return again;
  throw new IndexUnavailableError(`the rank index of board ${board.uid} vanished right after it was rebuilt`);
}

async function readFromPostgres(
  { database }: Context,
  board: Board,
  player: string,
  around: number,
): Promise<ReadPlayer> {
  const [standing] = await withDeadline(findStandings(database.db, board.uid, [player]));
  if (!standing) throw unknownPlayer(board, player);
  const before = await withDeadline(countAhead(database.db, board, standing));
  const ranked = async (offset: number, limit: number) => {
    const page = await withDeadline(pageOfStandings(database, board, offset, limit));
    const [first] = page.standings;
    const ahead = first ? await withDeadline(countAhead(database.db, board, first)) : { better: 0, groups: 0 };
    const rank = { competition: ahead.better + 1, dense: ahead.groups + 1, ordinal: offset + 1 }[board.rankStyle];
    return { ...page, entries: rankInOrder(board.rankStyle, page.standings, { position: offset + 1, rank }) };
  };
  const wanted = 2 * around + 1;
  const { total } = await ranked(0, 0);
  const offset = Math.max(0, Math.min(before.ahead - around, total - wanted));
  const page = await ranked(offset, wanted);
  const entry = page.entries.find((one) => one.player === player);
  if (!entry) throw new IndexUnavailableError("the standing moved while it was read");
  const nextPosition = board.rankStyle === "ordinal" ? before.ahead : before.better;
  const [next = null] = nextPosition > 0 ? (await ranked(nextPosition - 1, 1)).entries : [];
  const { better } = before;
  return {
    epoch: postgresEpoch,
    version: page.seq,
    total,
    entry,
    ahead: better,
    next: next && (board.rankStyle === "ordinal" || !sameValues(next.values, entry.values)) ? next : null,
    around: page.entries,
    stale: true,
  };
}

export function unknownPlayer(board: Board, player: string): RungsError {
  return new RungsError("player-not-found", `There is no player ${JSON.stringify(player)} on board "${board.id}".`);
}
