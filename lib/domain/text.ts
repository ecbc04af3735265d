import { z } from "zod";

const charactersMax = 128;

/** A character other than spaces, and what shapes others or takes no room; the blank of Braille is a symbol to Unicode. */
const visible = /[^\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** 1 to 128 characters (code points) of well-formed Unicode without control characters. */
const text = z.string().superRefine((value, context) => {
  const problem = textProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

export const playerId = text.meta({ id: "PlayerId", description: "1 to 128 characters, no control characters" });

/** An id for posting scores: `.` and `..` stand for folders in an address, so that the player could not be asked for. */
export const newPlayerId = playerId
  .refine((id) => id !== "." && id !== "..", "must not be . or .., which no address can hold")
  .meta({ id: "NewPlayerId", description: "1 to 128 characters, no control characters, not . or .." });

export const displayName = z
  .string()
  .superRefine((name, context) => {
    const problem = textProblem(name) ?? (isVisible(name) ? null : "must have a character that can be seen");
    if (problem) context.addIssue({ code: "custom", message: problem });
  })
  .meta({ id: "DisplayName", description: "1 to 128 characters, one of them visible, no control characters" });

/** A name that was taken by whatever rules there were. */
export const storedName = text;

export const searchText = text.meta({
  id: "SearchText",
  description: "How an id, a name, or a name from its second word on begins; upper or lower case",
});

/** Whether there is anything to be seen of it. */
export function isVisible(value: string): boolean {
  return visible.test(value);
}

/** Nearly every id, and many a name: nothing is wrong with it, and one look is enough to see that. */
const plain = /^[\x20-\x7e]{1,128}$/;

/** What is wrong with a player id or name, or null. Lone surrogates and NUL could not be stored by Postgres. */
export function textProblem(value: string): string | null {
  if (plain.test(value)) return null;
  if (value.length === 0) return "must not be empty";
  if (value.length > charactersMax * 2 || [...value].length > charactersMax) {
    return `must have at most ${charactersMax} characters`;
  }
  if (/\p{Cc}/u.test(value)) return "must not contain control characters";
  if (/\p{Cs}/u.test(value)) return "must be well-formed Unicode";
  return null;
}

/** Says which members of an object were not asked for; repeats no name that is long or odd. */
export function unknownMembers(keys: readonly string[]): string {
  const names = keys.filter((key) => /^[\p{L}\p{N}_.-]{1,32}$/u.test(key)).slice(0, 5);
  return names.length === 0 ? "has unknown members" : `unknown: ${names.join(", ")}`;
}
