/**
 * Makes a group of submissions to one board durable in one transaction: events, standings, stored replies and the
 * outbox row that tells the index commit together or not at all.
 */
import type { Database } from "@/db/client";
import {
  type BoardForScores,
  findReplies,
  findStoredStandings,
  type ScoreEvent,
  type StoredReply,
  type StoredStanding,
  storeScores,
  takeSequence,
} from "@/db/queries/scores";
import type { Board } from "@/lib/domain/board";
import { applyScore } from "@/lib/domain/score";
import type { GoodItem, ScoreItem } from "@/lib/domain/score-input";
import { encodeSubmitReply, type ResultToEncode } from "@/lib/domain/wire";

export interface Idempotency {
  apiKeyId: string;
  key: string;
  /** SHA-256 of method, path and body, hex. */
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
  board: BoardForScores;
  outcomes: Outcome[];
  changed: StoredStanding[];
  /** What the changes come after, and up to where they go; null when there are none. */
  step: { after: number; through: number } | null;
  outboxId: number | null;
}

/** The board's columns are not the ones the items were read by; read them again with the present board. */
export class BoardChangedError extends Error {
  override readonly name = "BoardChangedError";
}

export async function commitScores(
  database: Database,
  board: Board,
  submissions: readonly Submission[],
): Promise<Committed> {
  const good = submissions.flatMap(({ items }) => items).filter(isGood);
  const keys = submissions.flatMap(({ idempotency }) => idempotency ?? []);
  const committed = await database.sql.begin(async (tx) => {
    const [current, standings, replies] = await Promise.all([
      takeSequence(tx, board.uid, good.length),
      findStoredStandings(tx, board.uid, [...new Set(good.map((item) => item.player))]),
      findReplies(tx, board.uid, keys),
    ]);
    if (!current || !sameColumns(board, current)) throw new BoardChangedError();
    const ledger = new Ledger(board.id, current, standings, replies, current.seq - good.length);
    const outcomes = submissions.map((submission) => ledger.enter(submission));
    const changed = [...ledger.changed.values()];
    const { events, replies: newReplies } = ledger;
    const step = stepOf(current.lastChange, changed);
    const toStore = { events, changed, step, replies: newReplies };
    const outboxId = events.length > 0 ? await storeScores(tx, board.uid, toStore) : null;
    return { board: current, outcomes, changed, step, outboxId };
  });
  return committed as Committed;
}

function stepOf(after: number, changed: readonly StoredStanding[]): Committed["step"] {
  return changed.length > 0 ? { after, through: Math.max(...changed.map(({ seq }) => seq)) } : null;
}

/** Works out, in the order posted, what each submission does to the standings. */
class Ledger {
  readonly events: ScoreEvent[] = [];
  readonly changed = new Map<string, StoredStanding>();
  readonly replies: StoredReply[] = [];
  readonly #boardId: string;
  readonly #board: BoardForScores;
  readonly #standings: Map<string, StoredStanding>;
  readonly #stored: readonly StoredReply[];
  #seq: number;

  constructor(
    boardId: string,
    board: BoardForScores,
    standings: Map<string, StoredStanding>,
    stored: readonly StoredReply[],
    seq: number,
  ) {
    this.#boardId = boardId;
    this.#board = board;
    this.#standings = standings;
    this.#stored = stored;
    this.#seq = seq;
  }

  enter({ items, idempotency }: Submission): Outcome {
    const stored = idempotency && this.#stored.find((one) => sameKey(one, idempotency));
    if (stored) {
      return stored.fingerprint === idempotency.fingerprint
        ? { kind: "replayed", reply: stored.reply }
        : { kind: "mismatch" };
    }
    const results = items.map((item) => (isGood(item) ? this.#enterItem(item) : rejected(item.player, item.error)));
    if (results.every((result) => result.status === "rejected")) return { kind: "all-rejected", results };
    if (idempotency) {
      const board = { id: this.#boardId, decimals: this.#board.decimals };
      this.replies.push({ ...idempotency, reply: encodeSubmitReply(board, null, results) });
    }
    return { kind: "stored", results, idempotency };
  }

  #enterItem({ player, name, values: posted }: GoodItem): ResultToEncode {
    const current = this.#standings.get(player) ?? null;
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

function sameKey(a: { apiKeyId: string; key: string }, b: { apiKeyId: string; key: string }): boolean {
  return a.apiKeyId === b.apiKeyId && a.key === b.key;
}

function sameColumns(a: Board, b: BoardForScores): boolean {
  return (
    a.order === b.order &&
    a.operator === b.operator &&
    a.decimals === b.decimals &&
    JSON.stringify(a.tiebreaks) === JSON.stringify(b.tiebreaks)
  );
}
