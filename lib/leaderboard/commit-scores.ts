/**
 * Makes a group of submissions to one board durable at once: events, standings, stored replies and the outbox row that
 * tells the index commit together or not at all. Read, worked out and stored without a lock, and again under one if
 * somebody else wrote meanwhile.
 */
import type { Database, Sql, TransactionSql } from "@/db/client";
import {
  lockForScores,
  readForScores,
  type ScoreEvent,
  type ScoresRead,
  type StoredReply,
  type StoredStanding,
  storeScores,
} from "@/db/queries/scores";
import type { Board } from "@/lib/domain/board";
import { type LogStep, movedSeqSum } from "@/lib/domain/board-log";
import { applyScore, withTiebreaks } from "@/lib/domain/score";
import type { GoodItem, ScoreItem } from "@/lib/domain/score-input";
import { encodeSubmitReply, type ResultToEncode } from "@/lib/domain/wire";
import { nextDigest } from "./log-digest";

export interface Idempotency {
  /** Belongs to the board, whichever API key sent it: a key may be replaced between two tries. */
  key: string;
  /** SHA-256 of what the scores mean, hex. */
  fingerprint: string;
}

export interface Submission {
  items: readonly ScoreItem[];
  idempotency: Idempotency | null;
}

export type Outcome =
  | { kind: "stored"; results: ResultToEncode[]; idempotency: Idempotency | null }
  | { kind: "replayed"; reply: string }
  | { kind: "mismatch" }
  | { kind: "all-rejected"; results: ResultToEncode[] };

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
  const players = submissions.flatMap(({ items }) => items.filter(isGood).map(({ player }) => player));
  const keys = submissions.flatMap(({ idempotency }) => idempotency?.key ?? []);
  const read = await readForScores(sql, board.uid, [...new Set(players)], keys);
  if (read?.revision !== board.revision) throw new BoardChangedError();
  const ledger = new Ledger(board, { ...read, standings: new Map(read.standings) });
  const outcomes = submissions.map((submission) => ledger.enter(submission));
  const changed = [...ledger.changed.values()];
  const { events, replies } = ledger;
  const step = stepOf(read, changed);
  if (events.length === 0) return { outcomes, changed, step, outboxId: null };
  const { seq, digest, revision } = read;
  const moved = movedSummary(read.standings, changed);
  const stored = await storeScores(sql, board.uid, { seq, digest, revision, events, changed, step, ...moved, replies });
  return stored && { outcomes, changed, step, outboxId: stored.outboxId };
}

function stepOf(read: ScoresRead, changed: readonly StoredStanding[]): LogStep | null {
  if (changed.length === 0) return null;
  const through = Math.max(...changed.map(({ seq }) => seq));
  return { after: read.lastChange, afterDigest: read.digest, through, digest: nextDigest(read.digest, changed) };
}

function movedSummary(before: ReadonlyMap<string, StoredStanding>, changed: readonly StoredStanding[]) {
  const replaced = changed.flatMap(({ player }) => before.get(player) ?? []);
  const sum = (standings: readonly StoredStanding[]) => standings.reduce((all, { seq }) => movedSeqSum(all, seq), 0);
  return {
    playersAdded: changed.length - replaced.length,
    seqSumAdded: movedSeqSum(0, sum(changed), sum(replaced)),
  };
}

/** Works out, in the order posted, what each submission does to the standings. */
class Ledger {
  readonly events: ScoreEvent[] = [];
  readonly changed = new Map<string, StoredStanding>();
  readonly replies: StoredReply[] = [];
  readonly #board: Board;
  readonly #standings: Map<string, StoredStanding>;
  readonly #stored: readonly StoredReply[];
  #seq: number;

  constructor(board: Board, { standings, replies, seq }: Pick<ScoresRead, "standings" | "replies" | "seq">) {
    this.#board = board;
    this.#standings = standings;
    this.#stored = replies;
    this.#seq = seq;
  }

  enter({ items, idempotency }: Submission): Outcome {
    const stored = idempotency && this.#stored.find(({ key }) => key === idempotency.key);
    if (stored) {
      return stored.fingerprint === idempotency.fingerprint || stored.fingerprint === ""
        ? { kind: "replayed", reply: stored.reply }
        : { kind: "mismatch" };
    }
    const results = items.map((item) => (isGood(item) ? this.#enterItem(item) : rejected(item.player, item.error)));
    if (results.every((result) => result.status === "rejected")) return { kind: "all-rejected", results };
    if (idempotency) {
      this.replies.push({ ...idempotency, reply: encodeSubmitReply(this.#board, null, results) });
    }
    return { kind: "stored", results, idempotency };
  }

  #enterItem({ player, name, values }: GoodItem): ResultToEncode {
    const current = this.#standings.get(player) ?? null;
    const posted = withTiebreaks(this.#board, values, current?.values ?? null);
    const after = applyScore(this.#board, current?.values ?? null, posted);
    if (after.outcome === "out-of-range") {
      return rejected(player, { code: "out-of-range", detail: "the sum would leave plus or minus 2^53 - 1" });
    }
    const seq = ++this.#seq;
    const applied = after.outcome === "applied";
    this.events.push({ seq, player, posted, applied });
    const standing = {
      player,
      name: name ?? current?.name ?? player,
      values: after.values,
      reached: applied ? seq : (current?.reached ?? seq),
      seq,
    };
    if (applied || standing.name !== current?.name) {
      this.#standings.set(player, standing);
      this.changed.set(player, standing);
    }
    return { player, status: after.outcome, values: after.values, rank: null, previousRank: null };
  }
}

function isGood(item: ScoreItem): item is GoodItem {
  return !("error" in item);
}

function rejected(player: string | null, error: { code: string; detail: string }): ResultToEncode {
  return { player, status: "rejected", values: null, rank: null, previousRank: null, error };
}
