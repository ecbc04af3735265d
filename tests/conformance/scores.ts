/** What a game backend can rely on when it posts. Each on a board made for the purpose. */
import { submitReplySchema } from "@/lib/http/reply-schemas";
import { type Check, type CheckContext, same } from "./check";

const post = ({ target, board, authorization }: CheckContext, body: unknown, headers: Record<string, string> = {}) =>
  target.send("POST", `/api/v1/boards/${board}/scores`, { body, headers: { ...authorization, ...headers } });

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
    },
  },
  {
    promise: "the same Idempotency-Key gives the stored reply; with another body it is refused",
    async run(context) {
      const key = { "idempotency-key": `conformance-${Date.now()}-${Math.random()}` };
      const first = await post(context, { player: "once", score: 7 }, key);
      const again = await post(context, { player: "once", score: 7 }, key);
      same("the reply", again.text, first.text);
      same("Idempotent-Replayed", again.headers.get("idempotent-replayed"), "true");
      const other = await post(context, { player: "once", score: 8 }, key);
      same("status and code", [other.status, other.json().code], [422, "idempotency-mismatch"]);
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
