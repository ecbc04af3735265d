import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { acknowledgeInput, inboxView, mintTokenInput } from "@/lib/domain/inbox-input";
import { playerId } from "@/lib/domain/text";
import { inboxQuery } from "@/lib/http/inbox";
import { judgeBoard } from "@/lib/inbox/judge-board";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import {
  bodyCases,
  type Case,
  fuzz,
  headerText,
  queryOf,
  wildHeaders,
  wildQuery,
  wildSegment,
} from "@/tests/support/fuzz";
import { arbitraryOf } from "@/tests/support/schema-arbitrary";

let api: ApiServer;
let board: string;
let writer: string;
let token: string;
const mintPath = (player: string) => `/api/v1/players/${player}/token`;
const inboxPath = (on: string, player: string, rest = "") => `/api/v1/boards/${on}/players/${player}/inbox${rest}`;

beforeAll(async () => {
  api = await startApi();
  writer = (await api.newKey(["scores:write"])).authorization;
  board = await api.newBoard();
  await api.score(board, { scores: ["a", "p1"].map((player) => ({ player, score: 1 })) });
  token = (await api.call("POST", mintPath("p1"), {}, { authorization: writer })).json().token;
});

afterAll(() => api.close());

/** Ids of players as they stand in a path; `.` and `..` alone are steps of it. */
const somePlayer = arbitraryOf(playerId)
  .filter((player) => !/^\.\.?$/.test(String(player)))
  .map((player) => encodeURIComponent(String(player)));

test("a token is minted exactly when the schema accepts it, for any player there can be", {
  timeout: 120_000,
}, async () => {
  const headers = () => ({ authorization: writer });
  const route = { method: "POST", schema: mintTokenInput, headers };
  await fuzz(
    api,
    fc.oneof(
      { weight: 3, arbitrary: bodyCases({ ...route, path: somePlayer.map(mintPath), right: [201] }) },
      {
        weight: 1,
        arbitrary: fc.tuple(wildSegment, wildHeaders).map(([player, wild]): Case => {
          const type = { "content-type": "application/json" };
          return {
            call: { method: "POST", path: mintPath(player), headers: { ...wild, ...type, ...headers() }, body: "{}" },
          };
        }),
      },
    ),
  );
});

test("an inbox is read or refused, whatever is asked, and by nobody without the token", {
  timeout: 120_000,
}, async () => {
  const anyone = fc.oneof(
    headerText,
    fc.constantFrom(...["", "x", "..", "a.b.c"].map((text) => `Bearer rungs_player_${text}`)),
  );
  await fuzz(
    api,
    fc.oneof(
      fc.tuple(queryOf(inboxQuery), wildHeaders).map(([query, wild]): Case => {
        const headers = { ...wild, authorization: `Bearer ${token}` };
        return { call: { path: inboxPath(board, "p1", query), headers }, right: [200] };
      }),
      fc.tuple(wildQuery, wildHeaders).map(([query, wild]): Case => {
        const headers = { ...wild, authorization: `Bearer ${token}` };
        return { call: { path: inboxPath(board, "p1", query), headers }, right: [200, 422] };
      }),
      fc.tuple(queryOf(inboxQuery), wildHeaders, anyone).map(([query, wild, authorization]): Case => {
        return { call: { path: inboxPath(board, "p1", query), headers: { ...wild, authorization } }, right: [401] };
      }),
      // A flipped bit anywhere makes it worthless.
      fc.tuple(fc.nat(token.length - 1), fc.constantFrom("A", "z", "_", ".")).map(([at, other]): Case => {
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        const headers = { authorization: `Bearer ${changed}` };
        const isSame = changed === token || isSpare(at);
        return { call: { path: inboxPath(board, "p1"), headers }, right: isSame ? [200, 401] : [401] };
      }),
      fc
        .tuple(fc.oneof(fc.constant(board), wildSegment), fc.oneof(somePlayer, wildSegment), wildQuery, wildHeaders)
        .map(([on, player, query, wild]): Case => {
          return {
            call: { path: inboxPath(on, player, query), headers: { ...wild, authorization: `Bearer ${token}` } },
          };
        }),
    ),
  );
});

/** The last character of a signature has bits that mean nothing. */
const isSpare = (at: number) => at === token.length - 1;

test("items are acknowledged exactly when the schema accepts it, and only one's own", {
  timeout: 120_000,
}, async () => {
  const { database, liveBoards } = api.services;
  const { uid } = (await liveBoards.get(board)).board;
  const other = (await api.call("POST", mintPath("a"), {}, { authorization: writer })).json().token;
  await judgeBoard(api.services, uid);
  await api.score(board, { player: "late", score: 9 });
  await judgeBoard(api.services, uid);
  const of = async (player: string, by: string) =>
    inboxView.parse((await api.get(inboxPath(board, player), { authorization: `Bearer ${by}` })).json());
  const before = await of("a", other);
  expect(before.unacknowledged).toBeGreaterThan(0);
  await fuzz(
    api,
    bodyCases({
      method: "POST",
      path: fc.constant(inboxPath(board, "p1", "/ack")),
      schema: acknowledgeInput,
      headers: () => ({ authorization: `Bearer ${token}` }),
      right: [200],
    }),
  );
  // By number all of them have been tried by now.
  const ids = (await database.sql<{ id: number }[]>`select id from inbox_items`).map(({ id }) => id);
  await api.call("POST", inboxPath(board, "p1", "/ack"), { ids }, { authorization: `Bearer ${token}` });
  expect(await of("a", other)).toEqual(before);
});
