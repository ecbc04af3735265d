/** The write path's statements: set-based, so that a batch of a thousand costs two round trips. */
import type { TransactionSql } from "@/db/client";
import type { Board } from "@/lib/domain/board";
import type { Standing } from "@/lib/domain/ranking";
import type { Values } from "@/lib/domain/score";

/** postgres.js would take a list of booleans for one boolean. */
const boolArrayOid = 1000;

/** A standing as Postgres holds it; `seq` is the last event that changed it. */
export interface StoredStanding extends Standing {
  seq: number;
}

/** An accepted score, as it was posted. */
export interface ScoreEvent {
  seq: number;
  player: string;
  posted: Values;
  applied: boolean;
}

export interface StoredReply {
  key: string;
  apiKeyId: string;
  fingerprint: string;
  reply: string;
}

export type BoardForScores = Pick<
  Board,
  "uid" | "order" | "operator" | "decimals" | "tiebreaks" | "rankStyle" | "revision"
>;

export interface NumberedBoard extends BoardForScores {
  seq: number;
  /** Number of the last event that changed a standing. */
  lastChange: number;
}

/**
 * Locks the board's row until the transaction ends and takes `count` sequence numbers, the last of which is `seq`.
 * Because the lock is held until commit, sequence order is commit order. Null when the board is gone.
 */
export async function takeSequence(tx: TransactionSql, uid: number, count: number): Promise<NumberedBoard | null> {
  const [row] = await tx<NumberedBoard[]>`
    update boards set seq = seq + ${count} where uid = ${uid}
    returning uid, sort_order as "order", operator, decimals, tiebreaks, rank_style as "rankStyle", revision, seq,
      last_change as "lastChange"`;
  return row ?? null;
}

export async function findStoredStandings(
  tx: TransactionSql,
  uid: number,
  players: string[],
): Promise<Map<string, StoredStanding>> {
  const rows = await tx<StandingRow[]>`
    select player, name, score, t1, t2, t3, t4, reached, seq from standings
    where board_uid = ${uid} and player = any(${players}::text[])`;
  return new Map(rows.map((row) => [row.player, toStoredStanding(row)]));
}

export async function findReplies(
  tx: TransactionSql,
  uid: number,
  wanted: readonly { apiKeyId: string; key: string }[],
): Promise<StoredReply[]> {
  if (wanted.length === 0) return [];
  return tx<StoredReply[]>`
    select r.key, r.api_key_id as "apiKeyId", r.fingerprint, r.reply from idempotency_replies r
    join unnest(${wanted.map((one) => one.apiKeyId)}::text[], ${wanted.map((one) => one.key)}::text[]) as w (api_key_id, key)
      using (api_key_id, key)
    where r.board_uid = ${uid} and r.created_at > now() - interval '24 hours'`;
}

export interface ScoresToStore {
  events: readonly ScoreEvent[];
  changed: readonly StoredStanding[];
  /** What the changes come after, and up to where they go; null when there are none. */
  step: { after: number; through: number } | null;
  replies: readonly StoredReply[];
}

/** Writes events, standings, replies and the outbox row in one statement; gives the outbox row's id. */
export async function storeScores(
  tx: TransactionSql,
  uid: number,
  { events, changed, step, replies }: ScoresToStore,
): Promise<number | null> {
  const posted = columnsOf(events.map((event) => event.posted));
  const values = columnsOf(changed.map((standing) => standing.values));
  const [row] = await tx<{ id: number }[]>`
    with stored_events as (
      insert into score_events (board_uid, seq, player, score, t1, t2, t3, t4, applied)
      select ${uid}, * from unnest(
        ${events.map((event) => event.seq)}::int8[], ${events.map((event) => event.player)}::text[],
        ${posted[0]}::int8[], ${posted[1]}::int8[], ${posted[2]}::int8[], ${posted[3]}::int8[], ${posted[4]}::int8[],
        ${tx.array(
          events.map((event) => event.applied),
          boolArrayOid,
        )})
    ), stored_standings as (
      insert into standings (board_uid, player, name, score, t1, t2, t3, t4, reached, seq)
      select ${uid}, * from unnest(
        ${changed.map((standing) => standing.player)}::text[], ${changed.map((standing) => standing.name)}::text[],
        ${values[0]}::int8[], ${values[1]}::int8[], ${values[2]}::int8[], ${values[3]}::int8[], ${values[4]}::int8[],
        ${changed.map((standing) => standing.reached)}::int8[], ${changed.map((standing) => standing.seq)}::int8[])
      on conflict (board_uid, player) do update set
        name = excluded.name, score = excluded.score, t1 = excluded.t1, t2 = excluded.t2, t3 = excluded.t3,
        t4 = excluded.t4, reached = excluded.reached, seq = excluded.seq
    ), stored_replies as (
      insert into idempotency_replies (api_key_id, board_uid, key, fingerprint, reply)
      select api_key_id, ${uid}, key, fingerprint, reply from unnest(
        ${replies.map((one) => one.apiKeyId)}::text[], ${replies.map((one) => one.key)}::text[],
        ${replies.map((one) => one.fingerprint)}::text[], ${replies.map((one) => one.reply)}::text[])
        as r (api_key_id, key, fingerprint, reply)
      on conflict (board_uid, api_key_id, key) do update set
        fingerprint = excluded.fingerprint, reply = excluded.reply, created_at = now()
    ), moved_board as (
      update boards set last_change = ${step?.through ?? 0} where uid = ${uid} and ${step !== null}
    )
    insert into index_outbox (board_uid, players, after_seq, through_seq, leased_until)
    select ${uid}, ${changed.map((standing) => standing.player)}::text[], ${step?.after ?? 0}, ${step?.through ?? 0},
      now() + interval '5 seconds'
    where ${step !== null}
    returning id`;
  return row?.id ?? null;
}

export interface StandingRow {
  player: string;
  name: string;
  score: number;
  t1: number | null;
  t2: number | null;
  t3: number | null;
  t4: number | null;
  reached: number;
  seq: number;
}

export function toStoredStanding(row: StandingRow): StoredStanding {
  const { player, name, score, t1, t2, t3, t4, reached, seq } = row;
  return { player, name, values: [score, t1, t2, t3, t4].filter((value) => value !== null), reached, seq };
}

/** Turns rows of values into the five columns of the table, null where a board has no such tiebreak. */
function columnsOf(rows: readonly Values[]) {
  const column = (i: number) => rows.map((values) => values[i] ?? null);
  return [column(0), column(1), column(2), column(3), column(4)] as const;
}
