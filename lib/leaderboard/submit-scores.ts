import type { Board } from "@/lib/domain/board";
import { type FieldError, RungsError } from "@/lib/domain/errors";
import { readScoreItem, type ScoreItem } from "@/lib/domain/score-input";
import { BoardChangedError, type Idempotency } from "./commit-scores";
import type { ScoreWriter, Written } from "./score-writer";

export interface SubmitInput {
  /** Finds the board; `fresh` means past every cache. Throws `board-not-found`. */
  board(fresh: boolean): Promise<Board>;
  /** The posted items, with numbers still as JSON text. */
  items: readonly unknown[];
  /** Where the items stand in the body, for error pointers: "" or "/scores". */
  pointer: string;
  idempotency: Idempotency | null;
}

const attemptsMax = 3;

/**
 * Stores posted scores and gives the reply's JSON. Throws `invalid-scores` when no item is good, and for a repeated
 * Idempotency-Key `idempotency-in-flight` or `idempotency-mismatch`.
 */
export async function submitScores(
  { writer, inFlight }: { writer: ScoreWriter; inFlight: InFlightKeys },
  input: SubmitInput,
): Promise<{ reply: string; replayed: boolean }> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const board = await input.board(attempt > 0);
    const items = input.items.map((item) => readScoreItem(board, item));
    if (items.every((item) => "error" in item)) throw invalid(items.length, fieldErrors(items, input.pointer));
    try {
      const write = () => writer.write(board, { items, idempotency: input.idempotency });
      const written = await (input.idempotency ? inFlight.guard(board.uid, input.idempotency, write) : write());
      return accepted(written, input.pointer);
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

function accepted(written: Written, pointer: string): { reply: string; replayed: boolean } {
  if ("reply" in written) return written;
  if (written.kind === "mismatch") throw mismatch();
  throw invalid(
    written.results.length,
    written.results.map((result, i) => ({
      pointer: itemPointer(pointer, i),
      detail: result.error?.detail ?? "rejected",
    })),
  );
}

function invalid(scores: number, errors: FieldError[]): RungsError {
  const detail = scores === 1 ? "The score is not valid." : "None of the scores is valid.";
  return new RungsError("invalid-scores", detail, { errors });
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
