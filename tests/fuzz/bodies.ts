/** Bodies for every route that takes one: whole, with something wrong in their values, and with damaged bytes. */
import fc from "fast-check";
import type { z } from "zod";
import { acceptInvitationInput, createKeyInput, signInInput } from "@/lib/domain/access";
import { createBoardInput, updateBoardInput } from "@/lib/domain/board";
import { acknowledgeInput, mintTokenInput } from "@/lib/domain/inbox-input";
import { scoresBody } from "@/lib/domain/score-input";
import { damagedBytes, mutatedJson, toJson } from "@/tests/support/broken-json";
import { arbitraryOf } from "@/tests/support/schema-arbitrary";

const schemas = {
  scores: scoresBody,
  createBoard: createBoardInput,
  updateBoard: updateBoardInput,
  createKey: createKeyInput,
  accept: acceptInvitationInput,
  signIn: signInInput,
  mint: mintTokenInput,
  acknowledge: acknowledgeInput,
} satisfies Record<string, z.ZodType>;

export type BodyKind = keyof typeof schemas;
/** One character for each byte. */
export type Bodies = Record<BodyKind, string[]>;

const ofEach = 150;
/** What is surely taken by one board or another, so that what comes behind the checks is reached. */
const plain: Partial<Record<BodyKind, string[]>> = {
  scores: Array.from({ length: 60 }, (_, i) => [
    `{"player":"p${i}","score":${i}}`,
    `{"player":"p${i}","score":${i}.5,"tiebreaks":[null]}`,
    `{"player":"p${i}","name":"Player ${i}"}`,
  ]).flat(),
  createBoard: Array.from({ length: 8 }, (_, i) => `{"id":"s${i}","name":"S","delivery":"sse"}`),
};

export function makeBodies(seed: number): Bodies {
  const made = Object.entries(schemas).map(([kind, schema]) => {
    const valid = arbitraryOf(schema);
    const texts = fc.oneof(valid.map(toJson), mutatedJson(valid)).map((text) => Buffer.from(text));
    const sample = fc.sample(fc.oneof(texts, damagedBytes(valid)), { seed, numRuns: ofEach });
    return [kind, [...(plain[kind as BodyKind] ?? []), ...sample.map((bytes) => bytes.toString("latin1"))]];
  });
  return Object.fromEntries(made) as Bodies;
}
