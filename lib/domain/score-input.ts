/** What `POST .../scores` accepts, and how one posted score becomes scaled values. */
import { z } from "zod";
import { type Board, tiebreaksMax } from "./board";
import { parseDecimal } from "./decimal";
import type { FieldError } from "./errors";
import { firstOfEach, inWords } from "./issue-words";
import type { PostedValues } from "./score";
import { displayName, isVisible, newPlayerId, playerId, textProblem } from "./text";

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
    tiebreaks: z.array(exactNumber.nullable()).max(tiebreaksMax).optional().meta({
      description:
        "In the board's order. One that is null, or all where the list is left out, stay as they are; with incr nothing is added. On a player's first post they are missing, which is null in replies and ranks last.",
    }),
  })
  .refine(({ player, name }) => name !== undefined || player === "" || isVisible(player), {
    path: ["name"],
    message: "must be given where the player id has no character that can be seen",
  })
  .meta({ id: "Score" });

const renameItem = z
  .strictObject({ player: playerId, name: displayName })
  .meta({ id: "Rename", description: "Gives a player who is on the board another name, and counts as no score." });

const item = z.union([scoreItem, renameItem]);

export const scoresBody = z
  .union([item, z.strictObject({ scores: z.array(item).min(1).max(batchItemsMax) })])
  .meta({ id: "SubmitScores" });

export type ItemErrorCode =
  | "invalid-item"
  | "invalid-player"
  | "invalid-name"
  | "invalid-score"
  | "invalid-tiebreaks"
  | "too-many-decimals"
  | "unknown-player"
  | "out-of-range";

export interface GoodItem {
  player: string;
  name: string | undefined;
  values: PostedValues;
}

export interface RenameItem {
  player: string;
  name: string;
  values: null;
}

export interface BadItem {
  player: string | null;
  error: { code: ItemErrorCode; detail: string };
  /** Pointers below the item. */
  errors: FieldError[];
}

export type ScoreItem = GoodItem | RenameItem | BadItem;

/**
 * Reads one item by the board's rules; never throws.
 * @param round whether digits beyond the board's decimals are rounded rather than refused
 */
export function readScoreItem(
  board: Pick<Board, "decimals" | "tiebreaks">,
  raw: unknown,
  { round = false }: { round?: boolean } = {},
): ScoreItem {
  if (isRename(raw)) {
    const rename = renameItem.safeParse(raw);
    return rename.success ? { ...rename.data, values: null } : malformed(raw, renameItem);
  }
  const parsed = scoreItem.safeParse(raw);
  if (!parsed.success) return malformed(raw, scoreItem);
  const { player, name, score, tiebreaks = [] } = parsed.data;
  if (parsed.data.tiebreaks && tiebreaks.length !== board.tiebreaks.length) {
    const detail = `the board has ${board.tiebreaks.length} tiebreaks, not ${tiebreaks.length}`;
    return bad(raw, "invalid-tiebreaks", [{ pointer: "/tiebreaks", detail }]);
  }
  const values: (number | null)[] = [];
  for (const [i, column] of [score, ...tiebreaks].entries()) {
    const decimal = column && parseDecimal(column.text, board.decimals, round);
    if (!decimal || "scaled" in decimal) values.push(decimal?.scaled ?? null);
    else {
      const pointer = i === 0 ? "/score" : `/tiebreaks/${i - 1}`;
      const code = decimal.problem === "not-a-number" ? "invalid-score" : decimal.problem;
      return bad(raw, code, [{ pointer, detail: numberProblem(code, board.decimals) }]);
    }
  }
  return { player, name, values };
}

/** Without a score and what belongs to one. */
function isRename(raw: unknown): boolean {
  const has = (name: string) => Object.hasOwn(raw as object, name);
  return typeof raw === "object" && raw !== null && has("name") && !has("score") && !has("tiebreaks");
}

/** Parses again for the words: with them, each good item would take zod ten times as long. */
function malformed(raw: unknown, schema: z.ZodType): BadItem {
  const issues = schema.safeParse(raw, inWords).error?.issues ?? [];
  const errors = firstOfEach(issues).map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(""),
    detail: message,
  }));
  return bad(raw, codeFor(errors[0]?.pointer ?? ""), errors);
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
