/** Anything that can be posted to a board, and what comes of it by the domain's own rules, event by event. */
import fc from "fast-check";
import { operators, orders, rankStyles } from "@/lib/domain/board";
import { compareStandings, rankInOrder, type Standing } from "@/lib/domain/ranking";
import { applyScore, type PostedValues, withTiebreaks } from "@/lib/domain/score";
import type { TapeEvent } from "@/lib/domain/tape";
import type { ApiServer } from "./api-server";

export const anyRules = fc
  .record({
    order: fc.constantFrom(...orders),
    operator: fc.constantFrom(...operators),
    rankStyle: fc.constantFrom(...rankStyles),
    directions: fc.array(fc.constantFrom(...orders), { maxLength: 4 }),
  })
  .map(({ directions, ...rules }) => ({
    ...rules,
    tiebreaks: directions.map((order, i) => ({ name: `t${i}`, order })),
  }));

export type Rules = typeof anyRules extends fc.Arbitrary<infer R> ? R : never;

export interface Post {
  player: string;
  /** As many as a board can have; null for a tiebreak that is left out. */
  values: PostedValues;
  /** To the number and the time of the event before; a clock may be set back. */
  seqStep: number;
  timeStep: number;
}

const value = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -2, max: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER) },
);

export const anyPosts: fc.Arbitrary<Post[]> = fc.array(
  fc.record({
    player: fc.constantFrom("a", "B", "é", "__proto__", "42", "🪜"),
    values: fc.tuple(value, ...Array.from({ length: 4 }, () => fc.option(value, { freq: 4 }))),
    seqStep: fc.constantFrom(1, 1, 1, 3),
    timeStep: fc.constantFrom(0, 0, 5, 20, -7),
  }),
  { maxLength: 40 },
);

/** A board after one event, done the obvious way. */
export interface Stage {
  event: TapeEvent;
  after: Standing["values"];
  standings: Standing[];
}

/** What was accepted of the posts, with the standings after each. */
export function stagesOf(rules: Rules, posts: readonly Post[]): Stage[] {
  const stages: Stage[] = [];
  let standings: Standing[] = [];
  let [seq, at] = [0, 1_000];
  for (const { player, values, seqStep, timeStep } of posts) {
    seq += seqStep;
    at += timeStep;
    const current = standings.find((one) => one.player === player);
    const posted = withTiebreaks(rules, values, current?.values ?? null);
    const result = applyScore(rules, current?.values ?? null, posted);
    if (result.outcome === "out-of-range") continue;
    const applied = result.outcome === "applied";
    const reached = applied ? seq : (current?.reached ?? seq);
    const standing = { player, name: player, values: result.values, reached };
    standings = [...standings.filter((one) => one.player !== player), standing].sort(compareStandings(rules));
    stages.push({ event: { seq, at, player, posted, applied }, after: result.values, standings });
  }
  return stages;
}

export function ranksOf(rules: Rules, standings: readonly Standing[]): Map<string, number> {
  return new Map(rankInOrder(rules.rankStyle, standings).map(({ player, rank }) => [player, rank]));
}

/** The same posts to a board of its own, one by one, so that each is an event with the next number; gives its id. */
export async function postAll(
  api: ApiServer,
  rules: Rules,
  posts: readonly Post[],
  each?: (board: string) => Promise<void>,
) {
  const board = await api.newBoard(rules);
  for (const { player, values } of posts) {
    const [score, ...tiebreaks] = values.slice(0, 1 + rules.tiebreaks.length);
    await api.score(board, { player, score, tiebreaks });
    await each?.(board);
  }
  return board;
}

/** Puts the events of a board a second apart; before anybody looks back. */
export async function spreadOut({ services }: ApiServer, board: string, from: Date): Promise<void> {
  const { uid } = (await services.liveBoards.get(board)).board;
  await services.database.sql`
    update score_events set created_at = ${from.toISOString()}::timestamptz + seq * interval '1 second'
    where board_uid = ${uid}`;
}
