import type { ScoreEvent, ScoresRead, StoredReply, StoredStanding } from "@/db/queries/scores";
import type { Board } from "@/lib/domain/board";
import { applyScore, withTiebreaks } from "@/lib/domain/score";
import type { BadItem, GoodItem, RenameItem, ScoreItem } from "@/lib/domain/score-input";
import { encodeSubmitReply, type ResultToEncode } from "@/lib/domain/wire";

export interface Idempotency {
  /** Belongs to the board, whichever API key sent it: a key may be replaced between two tries. */
  key: string;
  /** SHA-256 of what the request means, hex. */
  fingerprint: string;
}

export interface Submission {
  items: readonly ScoreItem[];
  /** Nothing is stored when any item is rejected. */
  atomic?: boolean;
  idempotency: Idempotency | null;
}

export type Outcome =
  | { kind: "stored"; results: ResultToEncode[]; idempotency: Idempotency | null }
  | { kind: "replayed"; reply: string }
  | { kind: "mismatch" }
  /** Nothing is stored: all items were rejected, or one of an atomic submission. */
  | { kind: "rejected"; results: ResultToEncode[] };

/** Works out, in the order posted, what each submission does to the standings. */
export class Ledger {
  readonly events: ScoreEvent[] = [];
  readonly changed = new Map<string, StoredStanding>();
  readonly replies: StoredReply[] = [];
  /** How many numbers were taken: one for each event and each rename. */
  seqsTaken = 0;
  readonly #board: Board;
  readonly #standings: Map<string, StoredStanding>;
  readonly #stored: readonly StoredReply[];
  readonly #seq: number;

  constructor(board: Board, { standings, replies, seq }: Pick<ScoresRead, "standings" | "replies" | "seq">) {
    this.#board = board;
    this.#standings = new Map(standings);
    this.#stored = replies;
    this.#seq = seq;
  }

  /** Whether there is nothing to store. */
  get isEmpty(): boolean {
    return this.seqsTaken === 0 && this.replies.length === 0;
  }

  enter({ items, atomic, idempotency }: Submission): Outcome {
    const stored = idempotency && this.#stored.find(({ key }) => key === idempotency.key);
    if (stored) {
      return stored.fingerprint === idempotency.fingerprint || stored.fingerprint === ""
        ? { kind: "replayed", reply: stored.reply }
        : { kind: "mismatch" };
    }
    const undo = atomic ? this.#undoOf(items) : null;
    const results = items.map((item) => this.#enterItem(item));
    const isRejected = ({ status }: ResultToEncode) => status === "rejected";
    if (atomic ? results.some(isRejected) : results.every(isRejected)) {
      undo?.();
      return { kind: "rejected", results };
    }
    if (idempotency) {
      this.replies.push({ ...idempotency, reply: encodeSubmitReply(this.#board, null, results) });
    }
    return { kind: "stored", results, idempotency };
  }

  /** How to take back what is entered for these items from now on. */
  #undoOf(items: readonly ScoreItem[]): () => void {
    const [events, seqsTaken] = [this.events.length, this.seqsTaken];
    const players = items.flatMap(({ player }) => player ?? []);
    const before = players.map((player) => [player, this.#standings.get(player), this.changed.get(player)] as const);
    return () => {
      this.events.length = events;
      this.seqsTaken = seqsTaken;
      for (const [player, standing, changed] of before) {
        restore(this.#standings, player, standing);
        restore(this.changed, player, changed);
      }
    };
  }

  #enterItem(item: ScoreItem): ResultToEncode {
    if ("error" in item) return rejected(item.player, item.error);
    return item.values === null ? this.#rename(item) : this.#enterScore(item);
  }

  #enterScore({ player, name, values }: GoodItem): ResultToEncode {
    const current = this.#standings.get(player) ?? null;
    const posted = withTiebreaks(this.#board, values, current?.values ?? null);
    const after = applyScore(this.#board, current?.values ?? null, posted);
    if (after.outcome === "out-of-range") {
      return rejected(player, { code: "out-of-range", detail: "the sum would leave plus or minus 2^53 - 1" });
    }
    const seq = this.#nextSeq();
    const applied = after.outcome === "applied";
    this.events.push({ seq, player, posted, applied });
    const standing = {
      player,
      name: name ?? current?.name ?? player,
      values: after.values,
      reached: applied ? seq : (current?.reached ?? seq),
      seq,
    };
    const renamed = standing.name !== current?.name;
    if (applied || renamed) this.#change(standing);
    return result(player, !applied && renamed ? "renamed" : after.outcome, after.values);
  }

  /** A change of the standing like any other, at the next number, but not a score: no event is stored. */
  #rename({ player, name }: RenameItem): ResultToEncode {
    const current = this.#standings.get(player);
    if (!current) {
      return rejected(player, { code: "unknown-player", detail: "only a player who is on the board can be renamed" });
    }
    if (current.name === name) return result(player, "unchanged", current.values);
    this.#change({ ...current, name, seq: this.#nextSeq() });
    return result(player, "renamed", current.values);
  }

  #nextSeq(): number {
    return this.#seq + ++this.seqsTaken;
  }

  #change(standing: StoredStanding): void {
    this.#standings.set(standing.player, standing);
    this.changed.set(standing.player, standing);
  }
}

function restore<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function result(player: string, status: "applied" | "unchanged" | "renamed", values: StoredStanding["values"]) {
  return { player, status, values, rank: null, previousRank: null };
}

function rejected(player: string | null, error: BadItem["error"]): ResultToEncode {
  return { player, status: "rejected", values: null, rank: null, previousRank: null, error };
}
