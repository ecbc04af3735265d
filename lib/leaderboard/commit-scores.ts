/**
 * Makes a group of submissions to one board durable at once: events, standings, stored replies and the outbox row that
 * tells the index commit together or not at all. Read, worked out and stored without a lock, and again under one if
 * somebody else wrote meanwhile.
 */
import type { Database, Sql, TransactionSql } from "@/db/client";
import { lockForScores, readForScores, type ScoresRead, type StoredStanding, storeScores } from "@/db/queries/scores";
import type { Board } from "@/lib/domain/board";
import { type LogStep, movedSeqSum } from "@/lib/domain/board-log";
import { Ledger, type Outcome, type Submission } from "./ledger";
import { nextDigest } from "./log-digest";

export interface Committed {
  outcomes: Outcome[];
  changed: StoredStanding[];
  /** Null when nothing changed. */
  step: LogStep | null;
  outboxId: number | null;
  /** Somebody else wrote to the board meanwhile, and a first try was in vain. */
  lost: boolean;
}

/** The board's settings are not the ones the items were read by; read them again with the present board. */
export class BoardChangedError extends Error {
  override readonly name = "BoardChangedError";
}

/**
 * @param contended whether others are known to write to the board, so that a try without a lock would likely be in vain
 * Throws BoardChangedError.
 */
export async function commitScores(
  database: Database,
  board: Board,
  submissions: readonly Submission[],
  contended = false,
): Promise<Committed> {
  const committed = contended ? null : await tryToCommit(database.sql, board, submissions);
  if (committed) return { ...committed, lost: false };
  const underLock = await database.sql.begin(async (tx) => {
    const [, present] = await Promise.all([lockForScores(tx, board.uid), tryToCommit(tx, board, submissions)]);
    return present;
  });
  if (!underLock) throw new Error(`board ${board.uid} moved on under its lock`);
  return { ...underLock, lost: !contended };
}

/** Null when the board has moved on before it could be stored. */
async function tryToCommit(
  sql: Sql | TransactionSql,
  board: Board,
  submissions: readonly Submission[],
): Promise<Omit<Committed, "lost"> | null> {
  const players = submissions.flatMap(({ items }) => items.flatMap((item) => ("error" in item ? [] : item.player)));
  const keys = submissions.flatMap(({ idempotency }) => idempotency?.key ?? []);
  const read = await readForScores(sql, board.uid, [...new Set(players)], keys);
  if (read?.revision !== board.revision) throw new BoardChangedError();
  const ledger = new Ledger(board, read);
  const outcomes = submissions.map((submission) => ledger.enter(submission));
  const changed = [...ledger.changed.values()];
  const step = stepOf(read, changed);
  if (ledger.isEmpty) return { outcomes, changed, step, outboxId: null };
  const { seq, digest, revision } = read;
  const { seqsTaken, events, replies } = ledger;
  const moved = movedSummary(read.standings, changed);
  const stored = await storeScores(sql, board.uid, {
    seq,
    digest,
    revision,
    seqsTaken,
    events,
    changed,
    step,
    replies,
    ...moved,
  });
  return stored && { outcomes, changed, step, outboxId: stored.outboxId };
}

function stepOf(read: ScoresRead, changed: readonly StoredStanding[]): LogStep | null {
  if (changed.length === 0) return null;
  const through = Math.max(...changed.map(({ seq }) => seq));
  return { after: read.lastChange, afterDigest: read.digest, through, digest: nextDigest(read.digest, changed) };
}

function movedSummary(before: ReadonlyMap<string, StoredStanding>, changed: readonly StoredStanding[]) {
  let [playersAdded, seqSumAdded] = [0, 0];
  for (const { player, seq } of changed) {
    const replaced = before.get(player);
    if (!replaced) playersAdded++;
    seqSumAdded = movedSeqSum(seqSumAdded, seq, replaced?.seq ?? 0);
  }
  return { playersAdded, seqSumAdded };
}
