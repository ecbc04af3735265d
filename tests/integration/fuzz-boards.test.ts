import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { boardSorts, boardsMax } from "@/lib/domain/board-list";
import { type JsonNumber, scoresBody } from "@/lib/domain/score-input";
import { newPlayerId, searchText } from "@/lib/domain/text";
import { windowQuery } from "@/lib/http/board-reply";
import { whole } from "@/lib/http/parse";
import { scoresQuery } from "@/lib/http/scores";
import { searchQuery } from "@/lib/http/search";
import { streamQuery } from "@/lib/http/stream";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { damagedBytes, mutatedJson, toJson } from "@/tests/support/broken-json";
import { type Case, fuzz, headerText, queryOf, wildHeaders, wildQuery, wildSegment } from "@/tests/support/fuzz";
import type { HttpCall } from "@/tests/support/http-client";
import { arbitraryOf } from "@/tests/support/schema-arbitrary";

let api: ApiServer;
let board: string;
let writer: string;

beforeAll(async () => {
  api = await startApi();
  writer = (await api.newKey(["scores:write"])).authorization;
  const tiebreaks = ["one", "two"].map((name) => ({ name, order: "asc" as const }));
  board = await api.newBoard({ operator: "set", decimals: 6, tiebreaks, delivery: "sse" });
  await api.score(board, { player: "known", score: 1 });
});

afterAll(() => api.close());

type Item = { player: string; score?: JsonNumber; tiebreaks?: (JsonNumber | null)[] };

/** As many tiebreaks as the board has, and another name only for who is there. */
function fitted(value: unknown): { scores: Item[] } | Item {
  const one = value as { scores: Item[] } | Item;
  if ("scores" in one) return { scores: one.scores.map((item) => fitted(item) as Item) };
  if (!one.score) return { ...one, player: "known" };
  if (!one.tiebreaks) return one;
  return { ...one, tiebreaks: [0, 1].map((i) => one.tiebreaks?.[i] ?? null) };
}

test("posting scores never fails the server, and a good body is always taken", { timeout: 120_000 }, async () => {
  const valid = arbitraryOf(scoresBody).map(fitted);
  const path = fc.oneof({ weight: 9, arbitrary: fc.constant(board) }, { weight: 1, arbitrary: wildSegment });
  const base = { "content-type": "application/json", authorization: writer };
  const post = (text: string | Buffer, id: string, headers: Record<string, string>, query = ""): HttpCall => ({
    method: "POST",
    path: `/api/v1/boards/${id}/scores${query}`,
    headers,
    body: text,
  });
  const keys = fc.oneof(headerText, fc.constantFrom("k1", "k2", "k3", "x".repeat(256)));
  const broken = fc.oneof(mutatedJson(valid), damagedBytes(valid));
  await fuzz(
    api,
    fc.oneof(
      fc.tuple(valid, wildHeaders, queryOf(scoresQuery)).map(([one, wild, query]): Case => {
        return { call: post(toJson(one), board, { ...wild, ...base }, query), right: [200] };
      }),
      fc.tuple(valid, keys).map(([one, key]): Case => {
        const headers = { ...base, "idempotency-key": key };
        return { call: post(toJson(one), board, headers), right: [200, 409, 422] };
      }),
      fc
        .tuple(broken, path, wildHeaders, fc.oneof(queryOf(scoresQuery), wildQuery))
        .map(([text, id, wild, query]): Case => ({ call: post(text, id, { ...wild, ...base }, query) })),
      fc.tuple(broken, path, wildHeaders, headerText).map(([text, id, wild, authorization]): Case => {
        return { call: post(text, id, { ...wild, authorization }), right: [400, 401, 404, 405] };
      }),
    ),
  );
});

test("a board is served or refused, whatever is asked", { timeout: 120_000 }, async () => {
  const at = (id: string, query: string) => `/api/v1/boards/${id}${query}`;
  const anyQuery = fc.oneof(queryOf(windowQuery), wildQuery);
  await fuzz(
    api,
    fc.oneof(
      fc.tuple(queryOf(windowQuery), wildHeaders).map(([query, headers]): Case => {
        return { call: { path: at(board, query), headers }, right: [200, 304] };
      }),
      fc.tuple(wildQuery, wildHeaders).map(([query, headers]): Case => {
        return { call: { path: at(board, query), headers }, right: [200, 304, 422] };
      }),
      fc
        .tuple(wildSegment, anyQuery, wildHeaders, fc.constantFrom("GET", "HEAD", "OPTIONS", "PUT"))
        .map(([id, query, headers, method]): Case => ({ call: { method, path: at(id, query), headers } })),
    ),
  );
});

test("a player is served or refused, whatever is asked", { timeout: 120_000 }, async () => {
  const at = (id: string, player: string, query: string) => `/api/v1/boards/${id}/players/${player}${query}`;
  const players = Array.from({ length: 30 }, (_, i) => `p${i}`);
  await api.score(board, { scores: players.map((player, score) => ({ player, score })) });
  const around = fc.integer({ min: 0, max: 50 }).map((rows) => `?around=${rows}`);
  await fuzz(
    api,
    fc.oneof(
      fc.tuple(fc.constantFrom(...players), around, wildHeaders).map(([player, query, headers]): Case => {
        return { call: { path: at(board, player, query), headers }, right: [200, 304] };
      }),
      fc.tuple(arbitraryOf(newPlayerId), around).map(([player, query]): Case => {
        return { call: { path: at(board, encodeURIComponent(String(player)), query) }, right: [200, 404] };
      }),
      fc
        .tuple(fc.oneof(fc.constant(board), wildSegment), wildSegment, fc.oneof(around, wildQuery), wildHeaders)
        .map(([id, player, query, headers]): Case => ({ call: { path: at(id, player, query), headers } })),
    ),
  );
});

test("a search is answered or refused, whatever is looked for", { timeout: 120_000 }, async () => {
  const at = (id: string, query: string) => `/api/v1/boards/${id}/players${query}`;
  await fuzz(
    api,
    fc.oneof(
      fc.tuple(queryOf(searchQuery), wildHeaders).map(([query, headers]): Case => {
        return { call: { path: at(board, query), headers }, right: [200] };
      }),
      fc
        .tuple(fc.oneof(fc.constant(board), wildSegment), fc.oneof(queryOf(searchQuery), wildQuery), wildHeaders)
        .map(([id, query, headers]): Case => ({ call: { path: at(id, query), headers } })),
    ),
  );
});

test("the list of boards is answered or refused, whatever is asked", { timeout: 120_000 }, async () => {
  const at = (query: string) => `/api/v1/boards${query}`;
  const good = queryOf(z.object({ sort: z.enum(boardSorts), q: searchText.optional(), limit: whole(1, boardsMax, 9) }));
  const cursor = fc.oneof(
    fc.record({ sort: fc.constant("changed"), us: fc.maxSafeNat(), uid: fc.nat() }),
    fc.record({ sort: fc.constant("changed"), us: fc.double(), uid: fc.integer() }),
    fc.record({ sort: fc.constant("name"), name: fc.string({ unit: "binary" }), id: fc.string() }),
    fc.json(),
  );
  const cursors = fc.tuple(cursor, fc.constantFrom(...boardSorts)).map(([after, sort]) => {
    return `?sort=${sort}&after=${Buffer.from(JSON.stringify(after)).toString("base64url")}`;
  });
  await fuzz(
    api,
    fc.oneof(
      fc.tuple(good, wildHeaders).map(([query, headers]): Case => {
        return { call: { path: at(query), headers }, right: [200, 304] };
      }),
      fc.tuple(fc.oneof(wildQuery, cursors), wildHeaders).map(([query, headers]): Case => {
        return { call: { path: at(query), headers }, right: [200, 304, 422] };
      }),
    ),
  );
});

test("a stream opens or is refused, and nobody stays behind", { timeout: 120_000 }, async () => {
  const at = (id: string, query: string) => `/api/v1/boards/${id}/stream${query}`;
  await fuzz(
    api,
    fc.oneof(
      fc.tuple(queryOf(streamQuery), wildHeaders).map(([query, headers]): Case => {
        return { call: { path: at(board, query), headers }, right: [200] };
      }),
      fc
        .tuple(fc.oneof(fc.constant(board), wildSegment), wildQuery, wildHeaders)
        .map(([id, query, headers]): Case => ({ call: { path: at(id, query), headers } })),
    ),
  );
  await vi.waitFor(() => expect(api.services.hub.viewers).toBe(0), { timeout: 5_000 });
});
