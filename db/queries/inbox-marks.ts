/** How far a board's watched players have been judged; moved together with what came of it. */
import type { Sql, TransactionSql } from "@/db/client";
import type { Mark } from "@/lib/domain/moments";
import type { Position } from "@/lib/domain/snapshot";
import { lookUpEach } from "./look-up-each";

/** What was judged by: a position of the index, and the event up to which it had heard of every change. */
export interface JudgedState extends Position {
  through: number;
}

export interface JudgedBoard extends JudgedState {
  round: number;
}

/** Any fixed number; the second key of the lock is the board's. */
const lockClass = 728_746;

/** Whether this transaction is now the only one to judge the board. */
export async function lockJudgement(tx: TransactionSql, uid: number): Promise<boolean> {
  const [row] = await tx<{ locked: boolean }[]>`select pg_try_advisory_xact_lock(${lockClass}, ${uid}) as locked`;
  return row?.locked === true;
}

export async function findJudged(tx: TransactionSql, uid: number): Promise<JudgedBoard | null> {
  const [row] = await tx<JudgedBoard[]>`
    select epoch, version, through, round from inbox_boards where board_uid = ${uid}`;
  return row ?? null;
}

/** False when somebody else has judged since, or the board is gone. Keeps the board from being deleted meanwhile. */
export async function moveJudged(
  tx: TransactionSql,
  uid: number,
  round: number | null,
  { epoch, version, through }: JudgedState,
): Promise<boolean> {
  const rows = await tx`
    insert into inbox_boards (board_uid, epoch, version, through)
    select uid, ${epoch}, ${version}, ${through} from (select uid from boards where uid = ${uid} for key share) as board
    on conflict (board_uid) do update set epoch = excluded.epoch, version = excluded.version,
      through = excluded.through, round = inbox_boards.round + 1
    where inbox_boards.round = ${round ?? 0}
    returning 1`;
  return rows.length === 1;
}

export async function findMarks(tx: TransactionSql, uid: number, players: string[]): Promise<Map<string, Mark>> {
  const rows = await tx<(Mark & { player: string })[]>`
    select player, rank_style as "rankStyle", rank, position, reached, ahead, edge
    from ${lookUpEach(tx, "inbox_marks", uid, players)}`;
  return new Map(rows.map(({ player, ...mark }) => [player, mark]));
}

/** @param firstOnly leaves marks that are there as they are. */
export async function saveMarks(
  tx: Sql | TransactionSql,
  uid: number,
  marks: ReadonlyMap<string, Mark>,
  firstOnly = false,
): Promise<void> {
  if (marks.size === 0) return;
  const rows = JSON.stringify([...marks].map(([player, mark]) => ({ player, ...mark })));
  const present = firstOnly
    ? tx`do nothing`
    : tx`do update set rank_style = excluded.rank_style, rank = excluded.rank, position = excluded.position, reached = excluded.reached,
           ahead = excluded.ahead, edge = excluded.edge`;
  await tx`
    insert into inbox_marks (board_uid, player, rank_style, rank, position, reached, ahead, edge)
    select ${uid}, player, "rankStyle", rank, position, reached, ahead, edge
    from jsonb_to_recordset(${rows}::text::jsonb)
      as mark (player text, "rankStyle" text, rank int8, position int8, reached int8, ahead text[], edge int8[])
    on conflict (board_uid, player) ${present}`;
}

/** The events that reached these players' present values: the truth that the rank index may still have to hear of. */
export async function findReached(tx: TransactionSql, uid: number, players: string[]): Promise<Map<string, number>> {
  const rows = await tx<{ player: string; reached: number }[]>`
    select player, reached from ${lookUpEach(tx, "standings", uid, players)}`;
  return new Map(rows.map(({ player, reached }) => [player, reached]));
}
