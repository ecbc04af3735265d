import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { eventsQuery, momentQuery, raceQuery } from "@/lib/http/history";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type Case, fuzz, queryOf, wildHeaders, wildQuery, wildSegment } from "@/tests/support/fuzz";

let api: ApiServer;
let board: string;
const players = Array.from({ length: 30 }, (_, i) => `p${i}`);
let score = 0;

beforeAll(async () => {
  api = await startApi();
  board = await api.newBoard({ operator: "incr", decimals: 2, tiebreaks: [{ name: "t", order: "asc" }] });
});

afterAll(() => api.close());

/** The board changes while it is looked back over. */
const between = () => {
  return api.score(board, {
    scores: players.map((player) => ({ player, score: ++score / 4, tiebreaks: [score % 3] })),
  });
};

const cases = (rest: fc.Arbitrary<string>, good: fc.Arbitrary<string>) => {
  return fc.oneof(
    fc.tuple(rest, good, wildHeaders).map(([path, query, headers]): Case => {
      return { call: { path: `/api/v1/boards/${board}/${path}${query}`, headers }, right: [200, 304] };
    }),
    fc.tuple(rest, wildQuery, wildHeaders).map(([path, query, headers]): Case => {
      return { call: { path: `/api/v1/boards/${board}/${path}${query}`, headers }, right: [200, 304, 422] };
    }),
    fc
      .tuple(wildSegment, rest, fc.oneof(good, wildQuery), fc.constantFrom("GET", "HEAD", "OPTIONS", "PUT"))
      .map(([id, path, query, method]): Case => ({ call: { method, path: `/api/v1/boards/${id}/${path}${query}` } })),
  );
};

const anyPlayer = fc.constantFrom(...players);

test("a moment is shown or refused, whatever is asked", { timeout: 120_000 }, async () => {
  await fuzz(api, cases(fc.constant("at"), queryOf(momentQuery)), between);
});

test("a race and a timeline are shown or refused, whatever is asked", { timeout: 120_000 }, async () => {
  await fuzz(api, cases(fc.constantFrom("race", "timeline"), queryOf(raceQuery)), between);
});

test("a player's events and history are shown or refused, whatever is asked", { timeout: 120_000 }, async () => {
  const rest = fc.tuple(anyPlayer, fc.constantFrom("events", "history")).map(([player, what]) => {
    return `players/${player}/${what}`;
  });
  const wild = fc.tuple(wildSegment, wildQuery).map(([player, query]): Case => {
    return { call: { path: `/api/v1/boards/${board}/players/${player}/events${query}` } };
  });
  await fuzz(
    api,
    fc.oneof({ weight: 3, arbitrary: cases(rest, queryOf(eventsQuery)) }, { weight: 1, arbitrary: wild }),
    between,
  );
});
