import fc from "fast-check";
import { expect, test } from "vitest";
import type { z } from "zod";
import { acceptInvitationInput, createKeyInput, signInInput } from "@/lib/domain/access";
import { createBoardInput, updateBoardInput } from "@/lib/domain/board";
import { acknowledgeInput, mintTokenInput } from "@/lib/domain/inbox-input";
import { firstOfEach, inWords } from "@/lib/domain/issue-words";
import { readScoreItem, scoresBody } from "@/lib/domain/score-input";
import { parseExact } from "@/lib/http/parse";
import { mutatedJson } from "@/tests/support/broken-json";
import { arbitraryOf } from "@/tests/support/schema-arbitrary";

const foreign = /expected|received|invalid|too (big|small)|JsonNumber|undefined|\bnull$|NaN|\[object|regex|issue/i;

const bodies: [string, z.ZodType][] = [
  ["a board", createBoardInput],
  ["a change of a board", updateBoardInput],
  ["an API key", createKeyInput],
  ["an invitation", acceptInvitationInput],
  ["a sign-in", signInInput],
  ["a token", mintTokenInput],
  ["an acknowledgement", acknowledgeInput],
];

test.each(bodies)("whatever is wrong with %s is told once for each place, in words for a client", (_, schema) => {
  const broken = mutatedJson(arbitraryOf(schema)).map((text) => parsed(text));
  fc.assert(
    fc.property(broken, (value) => {
      const issues = firstOfEach(schema.safeParse(value, inWords).error?.issues ?? []);
      const places = issues.map(({ path }) => JSON.stringify(path));
      expect(new Set(places).size).toBe(places.length);
      for (const { message } of issues) expect(message).not.toMatch(foreign);
    }),
    { numRuns: 300 },
  );
});

test("whatever is wrong with a score is told once for each place, in words for a client", () => {
  const board = { decimals: 2, tiebreaks: [] };
  fc.assert(
    fc.property(mutatedJson(arbitraryOf(scoresBody.options[0])), (text) => {
      const item = readScoreItem(board, exact(text));
      if (!("error" in item)) return;
      const places = item.errors.map(({ pointer }) => pointer);
      expect(new Set(places).size).toBe(places.length);
      for (const { detail } of item.errors) expect(detail).not.toMatch(foreign);
    }),
    { numRuns: 300 },
  );
});

test.each<[object, string, string]>([
  [{ score: 1 }, "/player", "is missing"],
  [{ player: 7, score: 1 }, "/player", "must be a string"],
  [{ player: "", score: 1 }, "/player", "must not be empty"],
  [{ player: ".", score: 1 }, "/player", "must not be . or .., which no address can hold"],
  [{ player: "..", score: 1 }, "/player", "must not be . or .., which no address can hold"],
  [{ player: "a", score: "1" }, "/score", "must be a number"],
  [{ player: "a", score: 1, name: "" }, "/name", "must not be empty"],
  [{ player: "a", score: 1, name: "\u200b" }, "/name", "must have a character that can be seen"],
  [{ player: "\u3164", score: 1 }, "/name", "must be given where the player id has no character that can be seen"],
  [{ player: "a", score: 1, tiebreaks: 1 }, "/tiebreaks", "must be a list"],
  [{ player: "a", score: 1, tiebreaks: [1, 2, 3, 4, 5] }, "/tiebreaks", "must have at most 4 items"],
  [{ player: "a", score: 1, meta: 1 }, "", "unknown: meta"],
])("%j: at %j, %s", (item, pointer, detail) => {
  const read = readScoreItem({ decimals: 0, tiebreaks: [] }, exact(JSON.stringify(item)));
  expect("errors" in read && read.errors).toEqual([{ pointer, detail }]);
});

test.each(["...", ".a", "..a", "a.", "\u200b"])("a player may have the id %j, given a name", (player) => {
  const item = exact(JSON.stringify({ player, name: "Ada", score: 1 }));
  expect(readScoreItem({ decimals: 0, tiebreaks: [] }, item)).toMatchObject({ player, name: "Ada" });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function exact(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return null;
  }
}
