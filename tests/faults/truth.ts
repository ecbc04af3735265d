/** What Postgres holds, past every proxy: the final measure of a run. */

import { compareStandings, type RankedStanding, rankInOrder } from "@/lib/domain/ranking";
import { isMissing } from "@/lib/domain/score";
import { type Entry, streamWindow } from "@/lib/domain/snapshot";
import { inSession } from "@/lib/embedded/postgres-session";
import { type RunBoard, runBoards, tiebreaksOf } from "./boards";
import type { Happening, StoredEvent } from "./history";
import { rowsDigest } from "./rows-digest";

export interface Truth {
  board: string;
  /** Digests of the whole board, and of what viewers see of it. */
  rows: string;
  window: string;
}

interface Row {
  board: string;
  player: string;
  name: string;
  score: string;
  t1: string | null;
  reached: string;
}

/** In place of a digest, what is served instead of a board. */
export function rowsOfStatus(status: number): string {
  return `status ${status}`;
}

export async function readTruth(databaseUrl: string, boards: readonly RunBoard[] = runBoards): Promise<Truth[]> {
  const rankings = await readRankings(databaseUrl, boards);
  return rankings.map(({ board, exists, entries: ranked }) => {
    if (!exists) return { board, rows: rowsOfStatus(404), window: rowsOfStatus(404) };
    const entries = ranked.map(toEntry);
    const total = entries.length;
    const whole = rowsDigest(entries, total, false);
    return { board, rows: whole, window: rowsDigest(entries.slice(0, streamWindow), total, false) };
  });
}

interface Ranking {
  board: string;
  exists: boolean;
  entries: RankedStanding[];
}

export async function readRankings(databaseUrl: string, boards: readonly RunBoard[] = runBoards): Promise<Ranking[]> {
  const rows = await inSession(
    databaseUrl,
    (sql) => sql<(Row | { board: string; player: null })[]>`
      select b.id as board, s.player, s.name, s.score, s.t1, s.reached
      from boards b left join standings s on b.uid = s.board_uid`,
  );
  return boards.map((board) => {
    const ofBoard = rows.filter((row) => row.board === board.id);
    const standings = ofBoard
      .filter((row) => row.player !== null)
      .map(({ player, name, score, t1, reached }) => {
        return {
          player,
          name,
          values: [score, t1].filter((one) => one !== null).map(Number),
          reached: Number(reached),
        };
      });
    const ordered = standings.sort(compareStandings({ order: board.order, tiebreaks: tiebreaksOf(board) }));
    return { board: board.id, exists: ofBoard.length > 0, entries: rankInOrder(board.rankStyle, ordered) };
  });
}

export async function readStored(
  databaseUrl: string,
  boards: readonly RunBoard[],
): Promise<Extract<Happening, { type: "stored" }>[]> {
  const [events, standings] = await Promise.all([
    inSession(
      databaseUrl,
      (sql) => sql<{ board: string; player: string; score: string; applied: boolean }[]>`
        select b.id as board, e.player, e.score, e.applied
        from score_events e join boards b on b.uid = e.board_uid order by e.seq`,
    ),
    inSession(
      databaseUrl,
      (sql) => sql<{ board: string; player: string; score: string }[]>`
        select b.id as board, s.player, s.score from standings s join boards b on b.uid = s.board_uid`,
    ),
  ]);
  return boards.map(({ id }) => ({
    type: "stored",
    board: id,
    events: events
      .filter((one) => one.board === id)
      .map(({ player, score, applied }): StoredEvent => {
        return { player, score: Number(score), applied };
      }),
    standings: standings
      .filter((one) => one.board === id)
      .map(({ player, score }) => ({ player, score: Number(score) })),
  }));
}

function toEntry({ rank, position, player, name, values: [score = 0, ...tiebreaks] }: RankedStanding): Entry {
  return { rank, position, player, name, score, tiebreaks: tiebreaks.map((one) => (isMissing(one) ? null : one)) };
}
