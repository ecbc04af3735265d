/** What a game backend can rely on when it posts. Each on a board made for the purpose. */
import { submitReplySchema } from "@/lib/http/reply-schemas";
import { type Check, type CheckContext, holds, same } from "./check";

const post = (
  { target, board, authorization }: CheckContext,
  body: unknown,
  { headers = {}, query = "" }: { headers?: Record<string, string>; query?: string } = {},
) => target.send("POST", `/api/v1/boards/${board}/scores${query}`, { body, headers: { ...authorization, ...headers } });
const standing = async ({ target, board }: CheckContext, player: string) =>
  (await target.send("GET", `/api/v1/boards/${board}/players/${player}?around=0`)).json().entry;

export const scoreChecks: Check[] = [
  {
    promise: "an accepted score is answered with its rank, and a poll shows it within a second",
    async run(context) {
      const score = 1_000_000 + Math.round(performance.now());
      const reply = await post(context, { player: "shown", score });
      same("the status", reply.status, 200);
      submitReplySchema.parse(reply.json());
      const look = async () => (await context.target.send("GET", `/api/v1/boards/${context.board}`)).json();
      const shown = async () => (await look()).entries.find((one: { player: string }) => one.player === "shown")?.score;
      const deadline = performance.now() + 1_000;
      let seen = await shown();
      while (seen !== score && performance.now() < deadline) seen = await shown();
      same("the score", seen, score);
    },
  },
  {
    promise: "one bad score of several is rejected with a reason, and the others count",
    async run(context) {
      const reply = await post(context, {
        scores: [
          { player: "good", score: 1 },
          { player: "bad", score: "1" },
        ],
      });
      same("the status", reply.status, 200);
      same(
        "what became of them",
        reply.json().results.map((one: { status: string }) => one.status),
        ["applied", "rejected"],
      );
      same("how many were rejected", reply.json().rejected, 1);
    },
  },
  {
    promise: "the same Idempotency-Key gives the stored reply; with another body it is refused",
    async run(context) {
      const key = { headers: { "idempotency-key": `conformance-${Date.now()}-${Math.random()}` } };
      const first = await post(context, { player: "once", score: 7 }, key);
      const again = await post(context, { player: "once", score: 7 }, key);
      same("the reply", again.text, first.text);
      same("Idempotent-Replayed", again.headers.get("idempotent-replayed"), "true");
      const other = await post(context, { player: "once", score: 8 }, key);
      same("status and code", [other.status, other.json().code], [422, "idempotency-mismatch"]);
    },
  },
  {
    promise: "with atomic=true one bad score keeps all from being stored",
    async run(context) {
      const scores = [
        { player: "whole", score: 1 },
        { player: "broken", score: 0.5 },
      ];
      const reply = await post(context, { scores }, { query: "?atomic=true" });
      same("status and code", [reply.status, reply.json().code], [422, "invalid-scores"]);
      same("the pointer", reply.json().errors[0]?.pointer, "/scores/1/score");
      same("the standing", await standing(context, "whole"), undefined);
    },
  },
  {
    promise: "with round=true digits beyond the board's decimals are rounded half to even",
    async run(context) {
      for (const [posted, stored] of [
        ["1.5", 2],
        ["2.5", 2],
        ["-2.5000000000000001", -3],
      ] as const) {
        const body = `{"player":"rounded${stored}","score":${posted}}`;
        same(posted, (await post(context, body, { query: "?round=true" })).json().results?.[0]?.score, stored);
        same(`the status of ${posted}`, (await post(context, body)).status, 422);
      }
    },
  },
  {
    promise: "a tiebreak that was never posted is null and ranks last, and later ones take its place",
    async run(context) {
      const scores = [
        { player: "without", score: 777 },
        { player: "null", score: 777, tiebreaks: [null] },
        { player: "with", score: 777, tiebreaks: [9_007_199_254_740_991] },
      ];
      const reply = await post(context, { scores });
      submitReplySchema.parse(reply.json());
      same(
        "the tiebreaks",
        reply.json().results.map(({ tiebreaks }: { tiebreaks: unknown }) => tiebreaks),
        [[null], [null], [9_007_199_254_740_991]],
      );
      const positions = await Promise.all(scores.map(async ({ player }) => (await standing(context, player)).position));
      holds("who has a tiebreak is not ahead", positions[2] < positions[0] && positions[2] < positions[1]);
      await post(context, { player: "without", score: 777, tiebreaks: [5] });
      same("the tiebreaks then", (await standing(context, "without")).tiebreaks, [5]);
    },
  },
  {
    promise: "a name without a score renames who is there, and nobody else",
    async run(context) {
      await post(context, { player: "renamed", name: "Before", score: 5 });
      const before = await standing(context, "renamed");
      const [result] = (await post(context, { player: "renamed", name: "After" })).json().results;
      same("status and score", [result.status, result.score], ["renamed", 5]);
      same("the standing", await standing(context, "renamed"), { ...before, name: "After" });
      const nobody = await post(context, { player: "nobody", name: "After" });
      same("status and code for nobody", [nobody.status, nobody.json().code], [422, "invalid-scores"]);
    },
  },
  {
    promise: "what is not JSON is 400, what is not a score is 422, and nothing of it is counted",
    async run(context) {
      const total = async () => (await context.target.send("GET", `/api/v1/boards/${context.board}`)).json().total;
      const before = await total();
      same("the status of broken JSON", (await post(context, "{")).status, 400);
      for (const body of [
        {},
        { player: "x" },
        { player: "", score: 1 },
        { scores: [] },
        { player: "x", score: null },
      ]) {
        same(`the status of ${JSON.stringify(body)}`, (await post(context, body)).status, 422);
      }
      same("the number of players", await total(), before);
    },
  },
];
