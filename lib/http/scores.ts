import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalText } from "@/lib/domain/canonical-text";
import { RungsError } from "@/lib/domain/errors";
import { batchItemsMax, JsonNumber } from "@/lib/domain/score-input";
import type { Idempotency } from "@/lib/leaderboard/ledger";
import { flag } from "./parse";

export const scoresQuery = z.object({
  atomic: flag().meta({
    description: "All scores or none: when one is rejected the reply is 422, and nothing is stored",
  }),
  round: flag().meta({
    description:
      "Digits beyond the board's decimals are rounded, half to even, by the decimal text, rather than refused",
  }),
});

export type ScoresOptions = z.infer<typeof scoresQuery>;

/** The posted items and where they stand in the body. Throws `invalid-request` when there is no telling. */
export function readItems(body: unknown): { items: readonly unknown[]; pointer: string } {
  if (typeof body !== "object" || body === null || Array.isArray(body) || body instanceof JsonNumber) {
    throw invalid("", "must be a score, or an object with the member scores");
  }
  if (!("scores" in body)) return { items: [body], pointer: "" };
  const { scores, ...others } = body;
  if (Object.keys(others).length > 0) throw invalid("", "must have no member beside scores");
  if (!Array.isArray(scores) || scores.length === 0 || scores.length > batchItemsMax) {
    throw invalid("/scores", `must be a list of 1 to ${batchItemsMax} scores`);
  }
  return { items: scores, pointer: "/scores" };
}

/**
 * An Idempotency-Key, bare or quoted, with a digest of what its request means: a client may write the same scores in other
 * words when it repeats them. The options belong to the meaning.
 */
export function readIdempotency(
  header: string,
  items: readonly unknown[],
  { atomic, round }: ScoresOptions,
): Idempotency {
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new RungsError("invalid-request", "Idempotency-Key must be 1 to 255 printable ASCII characters.", {
      errors: [{ pointer: "Idempotency-Key", detail: "must be 1 to 255 printable ASCII characters" }],
    });
  }
  const meaning = canonicalText(atomic || round ? { atomic, round, items } : items);
  return { key, fingerprint: createHash("sha256").update(meaning).digest("hex") };
}

function invalid(pointer: string, detail: string): RungsError {
  return new RungsError("invalid-request", "The body is not a score, nor a list of scores.", {
    errors: [{ pointer, detail }],
  });
}
