import type { Board } from "@/lib/domain/board";
import { type FieldError, RungsError } from "@/lib/domain/errors";
import { type BadItem, readScoreItem, type ScoreItem } from "@/lib/domain/score-input";
import { BoardChangedError } from "./commit-scores";
import type { Idempotency } from "./ledger";
import type { ScoreWriter, Written } from "./score-writer";

export interface SubmitInput {
  /** Finds the board; `fresh` means past every cache. Throws `board-not-found`. */
  board(fresh: boolean): Promise<Board>;
  /** The posted items, with numbers still as JSON text. */
  items: readonly unknown[];
  /** Where the items stand in the body, for error pointers: "" or "/scores". */
  pointer: string;
  /** All items or none. */
  atomic: boolean;
  /** Digits beyond the board's decimals are rounded, half to even. */
  round: boolean;
  idempotency: Idempotency | null;
}

const attemptsMax = 3;

/**
 * Stores posted scores and gives the reply's JSON. Throws `invalid-scores` when no item is good, or with `atomic` not all
 * are, and for a repeated Idempotency-Key `idempotency-in-flight` or `idempotency-mismatch`.
 */
export async function submitScores(
  { writer, inFlight }: { writer: ScoreWriter; inFlight: InFlightKeys },
  input: SubmitInput,
): Promise<{ reply: string; replayed: boolean }> {
  const { atomic, round, idempotency, pointer } = input;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const board = await input.board(attempt > 0);
    const items = input.items.map((item) => readScoreItem(board, item, { round }));
    const isBad = (item: ScoreItem) => "error" in item;
    if (atomic ? items.some(isBad) : items.every(isBad)) throw invalid(items, pointer);
    try {
      const write = () => writer.write(board, { items, atomic, idempotency });
      const written = await (idempotency ? inFlight.guard(board.uid, idempotency, write) : write());
      return accepted(written, items, pointer);
    } catch (error) {
      if (!(error instanceof BoardChangedError)) throw error;
    }
  }
  throw new RungsError("unavailable", "The board keeps changing; try again.", { retryAfter: 1 });
}

/** Idempotency keys whose first request this instance has not answered yet. */
export class InFlightKeys {
  readonly #fingerprints = new Map<string, string>();

  async guard<T>(uid: number, { key, fingerprint }: Idempotency, work: () => Promise<T>): Promise<T> {
    const id = `${uid} ${key}`;
    const present = this.#fingerprints.get(id);
    if (present !== undefined) {
      if (present !== fingerprint) throw mismatch();
      throw new RungsError("idempotency-in-flight", "The first request with this Idempotency-Key is still running.", {
        retryAfter: 1,
      });
    }
    this.#fingerprints.set(id, fingerprint);
    try {
      return await work();
    } finally {
      this.#fingerprints.delete(id);
    }
  }
}

function accepted(
  written: Written,
  items: readonly ScoreItem[],
  pointer: string,
): { reply: string; replayed: boolean } {
  if ("reply" in written) return written;
  if (written.kind === "mismatch") throw mismatch();
  throw invalid(
    items.map((item, i) => rejectedAs(item, written.results[i]?.error)),
    pointer,
  );
}

/** An item that was good as such, and was rejected for where the player stands. */
function rejectedAs(item: ScoreItem, error: BadItem["error"] | undefined): ScoreItem {
  if ("error" in item || !error) return item;
  const pointer = error.code === "unknown-player" ? "/player" : "";
  return { player: item.player, error, errors: [{ pointer, detail: error.detail }] };
}

/** @param items with those that were rejected among them */
function invalid(items: readonly ScoreItem[], pointer: string): RungsError {
  const rejected = items.filter((item) => "error" in item).length;
  const none = items.length === 1 ? "The score is not valid." : "None of the scores is valid.";
  const some = `${rejected} of ${items.length} scores are not valid; none was stored.`;
  const errors = fieldErrors(items, pointer);
  return new RungsError("invalid-scores", rejected === items.length ? none : some, { errors });
}

function mismatch(): RungsError {
  return new RungsError("idempotency-mismatch", "This Idempotency-Key was used with another request body.");
}

function fieldErrors(items: readonly ScoreItem[], pointer: string): FieldError[] {
  return items.flatMap((item, i) =>
    "error" in item
      ? item.errors.map((error) => ({ pointer: itemPointer(pointer, i) + error.pointer, detail: error.detail }))
      : [],
  );
}

function itemPointer(pointer: string, i: number): string {
  return pointer === "" ? "" : `${pointer}/${i}`;
}
