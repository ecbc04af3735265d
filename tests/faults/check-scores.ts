import type { BoardRules, Happening, PostedItem, Recorded } from "./history";
import type { Violation } from "./violation";

/** From a commit until its answer was recorded. */
const answerOnWayMs = 2_000;

type Stored = Extract<Happening, { type: "stored" }>;

/** Every accepted post exactly once in Postgres, every other one wholly or not at all; and standings that follow. */
export function checkScores(events: readonly Recorded[]): Violation[] {
  const violations: Violation[] = [];
  const of = <T extends Recorded["type"]>(type: T) =>
    events.filter((event): event is Extract<Recorded, { type: T }> => event.type === type);
  const counts = new Map<string, number>();
  for (const { board, events: stored } of of("stored")) {
    for (const { player, score } of stored) {
      const name = nameOf(board, { player, score });
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const answers = new Map(of("answer").map((answer) => [answer.key, answer]));
  const losses = of("lost");
  const removed = new Set(of("removed").map(({ board }) => board));
  const mayBeLost = (at: number) => losses.some((lost) => at >= lost.since && at <= lost.at + answerOnWayMs);
  for (const { key, board, items } of of("post")) {
    const { status, at = 0 } = answers.get(key) ?? {};
    const found = items.map((item) => counts.get(nameOf(board, item)) ?? 0);
    for (const item of items) counts.delete(nameOf(board, item));
    if (status !== undefined && (status < 200 || status > 299)) {
      violations.push({ invariant: "no refusal", detail: `${key} was answered ${status}` });
    }
    const isLost = (mayBeLost(at) || removed.has(board)) && found.every((count) => count === 0);
    if (status === 200 && !isLost && found.some((count) => count !== 1)) {
      violations.push({ invariant: "counted once", detail: `${key} on ${board} was accepted and is there ${found}` });
    } else if (found.some((count) => count > 1)) {
      violations.push({ invariant: "counted once", detail: `${key} on ${board} is there ${found}` });
    } else if (new Set(found).size > 1) {
      violations.push({ invariant: "all or nothing", detail: `${key} on ${board} is there ${found}` });
    }
  }
  for (const name of counts.keys()) violations.push({ invariant: "counted once", detail: `nobody posted ${name}` });
  const rules = new Map(of("board").map((board) => [board.board, board]));
  for (const stored of of("stored")) violations.push(...checkStandings(stored, rules.get(stored.board)));
  return violations;
}

function checkStandings({ board, events, standings }: Stored, rules: BoardRules | undefined): Violation[] {
  const expected = new Map<string, number>();
  for (const { player, score } of events) {
    const before = expected.get(player);
    expected.set(player, before === undefined || !rules ? score : after(rules, before, score));
  }
  const found = new Map(standings.map(({ player, score }) => [player, score]));
  return [...new Set([...expected.keys(), ...found.keys()])]
    .filter((player) => expected.get(player) !== found.get(player))
    .map((player) => ({
      invariant: "standings" as const,
      detail: `${player} on ${board} stands at ${found.get(player)}, the events say ${expected.get(player)}`,
    }));
}

function after({ operator, order }: BoardRules, before: number, score: number): number {
  if (operator === "incr") return before + score;
  if (operator === "set") return score;
  return order === "asc" ? Math.min(before, score) : Math.max(before, score);
}

function nameOf(board: string, { player, score }: Pick<PostedItem, "player" | "score">): string {
  return `${board} ${player} ${score}`;
}
