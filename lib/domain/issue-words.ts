/** What zod finds wrong with an input, in Rungs' own words: nothing of types and codes that a client has never seen. */
import type { z } from "zod";
import { unknownMembers } from "./text";

/** For `safeParse(value, inWords)`. A schema's own message comes first. */
export const inWords = { error: wordsFor };

type RawIssue = z.core.$ZodRawIssue;

const kinds: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};
const units: Readonly<Record<string, string>> = { string: "characters", array: "items" };

function wordsFor(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is missing";
      return `must be ${kinds[issue.expected] ?? "of another kind"}`;
    case "too_small":
      return issue.minimum === 1 && issue.origin in units
        ? "must not be empty"
        : limit("at least", issue.minimum, issue);
    case "too_big":
      return limit("at most", issue.maximum, issue);
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
    case "unrecognized_keys":
      return unknownMembers(issue.keys);
    default:
      return "is not well-formed";
  }
}

function limit(word: string, bound: number | bigint, { origin }: { origin: string }): string {
  const unit = units[origin];
  return unit ? `must have ${word} ${bound} ${unit}` : `must be ${word} ${bound}`;
}

/** The first issue of each place: what follows from it helps nobody. */
export function firstOfEach<T extends { path: readonly PropertyKey[] }>(issues: readonly T[]): T[] {
  const places = new Set<string>();
  return issues.filter(({ path }) => {
    const place = JSON.stringify(path);
    return !places.has(place) && places.add(place);
  });
}
