/** What `POST .../scores` accepts, and how one posted score becomes scaled values. */
import { z } from "zod";
import { type Board, tiebreaksMax } from "./board";
import { parseDecimal } from "./decimal";
import type { FieldError } from "./errors";
import { firstOfEach, inWords } from "./issue-words";
import type { Values } from "./score";
import { displayName, isVisible, newPlayerId, textProblem } from "./text";

export const batchItemsMax = 1_000;

/** A number as it stood in the JSON text, so that no digit is lost on the way to a whole number. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const exactNumber = z
  .custom<JsonNumber>((value) => value instanceof JsonNumber, "must be a number")
  .meta({ override: { type: "number" }, description: "At most the board's decimals, and 2^53 - 1 without its point." });

const scoreItem = z
  .strictObject({
    player: newPlayerId,
    score: exactNumber,
    name: displayName.optional(),
    tiebreaks: z.array(exactNumber).max(tiebreaksMax).optional(),
  })
  .refine(({ player, name }) => name !== undefined || player === "" || isVisible(player), {
    path: ["name"],
    message: "must be given where the player id has no character that can be seen",
  })
  .meta({ id: "Score" });

export const scoresBody = z
  .union([scoreItem, z.strictObject({ scores: z.array(scoreItem).min(1).max(batchItemsMax) })])
  .meta({ id: "SubmitScores" });

export type ItemErrorCode =
  | "invalid-item"
  | "invalid-player"
  | "invalid-name"
  | "invalid-score"
  | "invalid-tiebreaks"
  | "too-many-decimals"
  | "out-of-range";

export interface GoodItem {
  player: string;
  name: string | undefined;
  /** The score alone where the tiebreaks were left out. */
  values: Values;
}

export interface BadItem {
  player: string | null;
  error: { code: ItemErrorCode; detail: string };
  /** Pointers below the item. */
  errors: FieldError[];
}

export type ScoreItem = GoodItem | BadItem;

/** Reads one item by the board's rules; never throws. */
export function readScoreItem(board: Pick<Board, "decimals" | "tiebreaks">, raw: unknown): ScoreItem {
  const parsed = scoreItem.safeParse(raw, inWords);
  if (!parsed.success) {
    const errors = firstOfEach(parsed.error.issues).map(({ path, message }) => ({
      pointer: path.map((part) => `/${String(part)}`).join(""),
      detail: message,
    }));
    return bad(raw, codeFor(errors[0]?.pointer ?? ""), errors);
  }
  const { player, name, score, tiebreaks } = parsed.data;
  if (tiebreaks && tiebreaks.length !== board.tiebreaks.length) {
    const detail = `the board has ${board.tiebreaks.length} tiebreaks, not ${tiebreaks.length}`;
    return bad(raw, "invalid-tiebreaks", [{ pointer: "/tiebreaks", detail }]);
  }
  const values: number[] = [];
  const columns = [score, ...(tiebreaks ?? [])];
  for (const [i, column] of columns.entries()) {
    const decimal = parseDecimal(column.text, board.decimals);
    if ("scaled" in decimal) values.push(decimal.scaled);
    else {
      const pointer = i === 0 ? "/score" : `/tiebreaks/${i - 1}`;
      const code = decimal.problem === "not-a-number" ? "invalid-score" : decimal.problem;
      return bad(raw, code, [{ pointer, detail: numberProblem(code, board.decimals) }]);
    }
  }
  return { player, name, values };
}

function numberProblem(code: ItemErrorCode, decimals: number): string {
  if (code === "too-many-decimals") return `must have at most ${decimals} decimals`;
  return `must be a number between plus and minus 2^53 - 1${decimals > 0 ? `, counted in steps of 10^-${decimals}` : ""}`;
}

function codeFor(pointer: string): ItemErrorCode {
  if (pointer.startsWith("/player")) return "invalid-player";
  if (pointer.startsWith("/name")) return "invalid-name";
  if (pointer.startsWith("/score")) return "invalid-score";
  return pointer.startsWith("/tiebreaks") ? "invalid-tiebreaks" : "invalid-item";
}

function bad(raw: unknown, code: ItemErrorCode, errors: FieldError[]): BadItem {
  const given = typeof raw === "object" && raw !== null && "player" in raw ? raw.player : null;
  const player = typeof given === "string" && textProblem(given) === null ? given : null;
  const detail = errors.map((error) => `${error.pointer || "item"}: ${error.detail}`).join("; ");
  return { player, error: { code, detail }, errors };
}
