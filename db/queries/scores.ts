/**
 * The write path's statements, one to read and one to store: a batch of a thousand costs two round trips. What is stored
 * is stored only if the board still is at the event it was read at, so nothing is locked in between.
 */
import type { Sql, TransactionSql } from "@/db/client";
import { type LogStep, seqSumModulus } from "@/lib/domain/board-log";
import type { Standing } from "@/lib/domain/ranking";
import type { Values } from "@/lib/domain/score";
import { lookUpEach } from "./look-up-each";

type Queries = Sql | TransactionSql;

/** postgres.js would take a list of booleans for one boolean. */
const boolArrayOid = 1000;

/** A standing as Postgres holds it; `seq` is the number of the last event or rename that changed it. */
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
  fingerprint: string;
  reply: string;
}

/** A board at one moment, as far as scores for some players need it. */
export interface ScoresRead {
  /** Number of the last score event or rename. */
  seq: number;
  /** Number of the last event or rename that changed a standing. */
  lastChange: number;
  /** Of the board's log up to `lastChange`. */
  digest: string;
  /** Of the board's settings. */
  revision: number;
  standings: Map<string, StoredStanding>;
  replies: StoredReply[];
}

/** Reads it all at one moment; null when the board is gone. */
export async function readForScores(
  sql: Queries,
  uid: number,
  players: readonly string[],
  keys: readonly string[],
): Promise<ScoresRead | null> {
  const repliesToKeys = sql`
    union all select null, null, null, null, null, null, null, null, null, null, null, null, null,
      jsonb_build_object('key', found.key, 'fingerprint', found.fingerprint, 'reply', found.reply)
    from ${lookUpEach(sql, "idempotency_replies", uid, keys)}
    where found.created_at > now() - interval '24 hours'`;
  const rows = await sql<ReadRow[]>`
    select b.seq as "boardSeq", b.last_change as "lastChange", b.digest, b.revision,
      found.player, found.name, found.score, found.t1, found.t2, found.t3, found.t4, found.reached, found.seq,
      null::jsonb as stored
    from boards b left join (${lookUpEach(sql, "standings", uid, players)}) on true
    where b.uid = ${uid}
    ${keys.length > 0 ? repliesToKeys : sql``}`;
  const board = rows.find((row) => row.boardSeq !== null);
  if (!board) return null;
  const standings = rows
    .filter((row) => row.player !== null)
    .map((row) => [row.player, toStoredStanding(row)] as const);
  return {
    seq: board.boardSeq,
    lastChange: board.lastChange,
    digest: board.digest,
    revision: board.revision,
    standings: new Map(standings),
    replies: rows.flatMap(({ stored }) => stored ?? []),
  };
}

/** A board with one player's standing, or none; or a stored reply alone. */
interface ReadRow extends StandingRow {
  boardSeq: number;
  lastChange: number;
  digest: string;
  revision: number;
  stored: StoredReply | null;
}

/** Holds up everybody else who would write to the board, until the transaction ends. */
export async function lockForScores(tx: TransactionSql, uid: number): Promise<void> {
  await tx`select from boards where uid = ${uid} for update`;
}

export interface ScoresToStore {
  /** Where the board and its log were when they were read; what is stored comes right after. */
  seq: number;
  digest: string;
  revision: number;
  /** How many numbers were taken: one for each event, and for each rename, which leaves no event. */
  seqsTaken: number;
  events: readonly ScoreEvent[];
  changed: readonly StoredStanding[];
  /** Null when nothing changed. */
  step: LogStep | null;
  /** How many of the changed standings are new, and by how much the sum of event numbers moves. */
  playersAdded: number;
  seqSumAdded: number;
  replies: readonly StoredReply[];
}

/**
 * Writes events, standings, replies and the outbox row in one statement, which takes the board's row lock first: the order
 * of sequence numbers is the order of commits. Gives the outbox row's id, none when there is nothing to tell the index;
 * null, and nothing is written, when the board has moved on since it was read.
 */
export async function storeScores(
  sql: Queries,
  uid: number,
  { seq, digest, revision, seqsTaken, events, changed, step, playersAdded, seqSumAdded, replies }: ScoresToStore,
): Promise<{ outboxId: number | null } | null> {
  const posted = columnsOf(events.map((event) => event.posted));
  const values = columnsOf(changed.map((standing) => standing.values));
  const [row] = await sql<{ outboxId: number | null }[]>`
    with board as (
      update boards set seq = seq + ${seqsTaken}, last_change = coalesce(${step?.through ?? null}, last_change),
        digest = coalesce(${step?.digest ?? null}, digest), players = players + ${playersAdded},
        seq_sum = (seq_sum + ${seqSumAdded}) % ${seqSumModulus}
      where uid = ${uid} and seq = ${seq} and digest = ${digest} and revision = ${revision}
      returning uid
    ), stored_events as (
      insert into score_events (board_uid, seq, player, score, t1, t2, t3, t4, applied, created_at)
      select board.uid, e.*, statement_timestamp() from board, unnest(
        ${events.map((event) => event.seq)}::int8[], ${events.map((event) => event.player)}::text[],
        ${posted[0]}::int8[], ${posted[1]}::int8[], ${posted[2]}::int8[], ${posted[3]}::int8[], ${posted[4]}::int8[],
        ${sql.array(
          events.map((event) => event.applied),
          boolArrayOid,
        )}) as e
    ), stored_standings as (
      insert into standings (board_uid, player, name, score, t1, t2, t3, t4, reached, seq)
      select board.uid, s.* from board, unnest(
        ${changed.map((standing) => standing.player)}::text[], ${changed.map((standing) => standing.name)}::text[],
        ${values[0]}::int8[], ${values[1]}::int8[], ${values[2]}::int8[], ${values[3]}::int8[], ${values[4]}::int8[],
        ${changed.map((standing) => standing.reached)}::int8[], ${changed.map((standing) => standing.seq)}::int8[]) as s
      on conflict (board_uid, player) do update set
        name = excluded.name, score = excluded.score, t1 = excluded.t1, t2 = excluded.t2, t3 = excluded.t3,
        t4 = excluded.t4, reached = excluded.reached, seq = excluded.seq
    ), stored_replies as (
      insert into idempotency_replies (board_uid, key, fingerprint, reply)
      select board.uid, r.key, r.fingerprint, r.reply from board, unnest(
        ${replies.map((one) => one.key)}::text[], ${replies.map((one) => one.fingerprint)}::text[],
        ${replies.map((one) => one.reply)}::text[]) as r (key, fingerprint, reply)
      on conflict (board_uid, key) do update set
        fingerprint = excluded.fingerprint, reply = excluded.reply, created_at = now()
    ), told as (
      insert into index_outbox (board_uid, players, after_seq, through_seq, after_digest, digest, leased_until)
      select board.uid, ${changed.map((standing) => standing.player)}::text[], ${step?.after ?? 0}, ${step?.through ?? 0},
        ${step?.afterDigest ?? ""}, ${step?.digest ?? ""}, now() + interval '5 seconds'
      from board where ${step !== null}
      returning id
    )
    select (select id from told) as "outboxId" from board`;
  return row ?? null;
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
  return { player, name, values: toValues([score, t1, t2, t3, t4]), reached, seq };
}

/** The columns that the board has. */
export function toValues(columns: readonly (number | null)[]): number[] {
  return columns.filter((value) => value !== null);
}

/** Turns rows of values into the five columns of the table, null where a board has no such tiebreak. */
function columnsOf(rows: readonly Values[]) {
  const column = (i: number) => rows.map((values) => values[i] ?? null);
  return [column(0), column(1), column(2), column(3), column(4)] as const;
}
