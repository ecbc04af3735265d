import { and, inArray, lt, sql } from "drizzle-orm";
import type { Queryable, Sql, TransactionSql } from "@/db/client";
import { indexOutbox } from "@/db/schema";
import { type LogStep, type LogSummary, seqSumModulus } from "@/lib/domain/board-log";
import type { StoredReply } from "./scores";

export interface OutboxRow {
  id: number;
  boardUid: number;
  players: string[];
  /** Null when only the board itself changed, and in a row written before logs had digests. */
  step: LogStep | null;
}

const isDue = lt(indexOutbox.leasedUntil, sql`now()`);

/** Tells the index of a board whose settings changed, or that is gone; in the transaction of the change. */
export async function insertOutboxRow(db: Queryable, boardUid: number): Promise<number> {
  const [row] = await db
    .insert(indexOutbox)
    .values({ boardUid, players: [], leasedUntil: sql`now() + interval '5 seconds'` })
    .returning({ id: indexOutbox.id });
  return row?.id ?? 0;
}

/** The boards with rows that nobody is working on. */
export async function boardsDue(db: Queryable): Promise<number[]> {
  const rows = await db.selectDistinct({ uid: indexOutbox.boardUid }).from(indexOutbox).where(isDue);
  return rows.map(({ uid }) => uid);
}

/** Takes up to `limit` such rows of these boards. A row not deleted comes back later and later, up to 30 s. */
export async function leaseOutboxRows(db: Queryable, uids: readonly number[], limit: number): Promise<OutboxRow[]> {
  const rows = await db
    .update(indexOutbox)
    .set({
      attempts: sql`${indexOutbox.attempts} + 1`,
      leasedUntil: sql`now() + greatest(0.25, least(30, 2 ^ least(${indexOutbox.attempts}, 5)) * random()) * interval '1 second'`,
    })
    .where(
      inArray(
        indexOutbox.id,
        db
          .select({ id: indexOutbox.id })
          .from(indexOutbox)
          .where(and(isDue, sql`${indexOutbox.boardUid} = any(${sql.param([...uids])}::int4[])`))
          .orderBy(indexOutbox.id)
          .limit(limit)
          .for("update", { skipLocked: true }),
      ),
    )
    .returning();
  return rows.map(({ id, boardUid, players, after, afterDigest, through, digest }) => {
    const isStep = after !== null && afterDigest !== null && through !== null && digest !== null;
    return { id, boardUid, players, step: isStep ? { after, afterDigest, through, digest } : null };
  });
}

export interface BoardLog extends LogSummary {
  /** Every change up to this event has been brought to the index, and its outbox row cleared. */
  settled: number;
  /** How long the oldest change that was not has waited, in ms; 0 when there is none. */
  unsettledMs: number;
  revision: number;
}

/** How far boards have changed, and how far the index was told, all at one moment. Boards that are gone are left out. */
export async function readLogs(
  sqlClient: Sql | TransactionSql,
  uids: readonly number[],
): Promise<Map<number, BoardLog>> {
  const rows = await sqlClient<(BoardLog & { uid: number })[]>`
    select b.uid, b.last_change as "lastChange", b.digest, b.players, b.seq_sum as "seqSum", b.revision,
      coalesce(o.after_seq, b.last_change) as settled,
      coalesce(extract(epoch from now() - o.created_at) * 1000, 0)::float8 as "unsettledMs"
    from boards b left join (
      select board_uid, min(after_seq) as after_seq, min(created_at) as created_at from index_outbox group by board_uid
    ) o on o.board_uid = b.uid
    where b.uid = any(${uids as number[]}::int4[])`;
  return new Map(rows.map(({ uid, ...log }) => [uid, log]));
}

export interface CountedLog extends LogSummary {
  /** Whether the summary on the board says the same. */
  isAsRecorded: boolean;
}

/** As `readLogs` for one board, but counted from its standings, all at one moment; null when the board is gone. */
export async function countLog(sqlClient: Sql | TransactionSql, uid: number): Promise<CountedLog | null> {
  const [row] = await sqlClient<CountedLog[]>`
    select b.last_change as "lastChange", b.digest, count(s.seq)::int4 as players,
      coalesce(sum(s.seq) % ${seqSumModulus}, 0)::int8 as "seqSum",
      count(s.seq) = b.players and coalesce(sum(s.seq) % ${seqSumModulus}, 0) = b.seq_sum as "isAsRecorded"
    from boards b left join standings s on s.board_uid = b.uid where b.uid = ${uid} group by b.uid`;
  return row ?? null;
}

/** Stores what `countLog` counted, unless the board has changed since. */
export async function correctLogSummary(sqlClient: Sql, uid: number, counted: LogSummary): Promise<void> {
  await sqlClient`
    update boards set players = ${counted.players}, seq_sum = ${counted.seqSum}
    where uid = ${uid} and last_change = ${counted.lastChange} and digest = ${counted.digest}`;
}

export type CompletedReply = Pick<StoredReply, "key" | "reply"> & { boardUid: number };

/**
 * The index has heard: forget the rows, and keep the replies that now carry ranks. Losing this in a crash does no
 * harm (rows are applied again, replies say null for the rank), so it does not wait for the disk.
 */
export async function settleOutbox(sqlClient: Sql, ids: readonly number[], replies: readonly CompletedReply[]) {
  await sqlClient`
    with quick as (
      select set_config('synchronous_commit', 'off', true)
    ), completed as (
      update idempotency_replies r set reply = w.reply
      from unnest(
        ${replies.map((one) => one.boardUid)}::int4[],
        ${replies.map((one) => one.key)}::text[], ${replies.map((one) => one.reply)}::text[])
        as w (board_uid, key, reply)
      where r.board_uid = w.board_uid and r.key = w.key
    )
    delete from index_outbox using quick where id = any(${ids as number[]}::int8[])`;
}

export interface OutboxBacklog {
  rows: number;
  /** How long the oldest has waited. */
  ageSeconds: number;
}

/** What was committed and has not been confirmed by the rank index. */
export async function readBacklog(sqlClient: Sql): Promise<OutboxBacklog> {
  const [row] = await sqlClient<OutboxBacklog[]>`
    select count(*)::int as rows, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "ageSeconds"
    from index_outbox`;
  return row ?? { rows: 0, ageSeconds: 0 };
}
