/**
 * Right, or marked stale. A board that is served unmarked has to be one that Postgres held not longer ago than the limit:
 * every player on it with values that the player had at some moment from then on, nobody left out who was there all that
 * time, in order and with the ranks that follow. Each player is judged alone, because commits of several instances reach
 * an index in any order; one that is missing for longer than the limit is found in whatever order they came.
 */
import { rankInOrder, sameValues } from "@/lib/domain/ranking";
import { columnOrders, compareValues } from "@/lib/domain/score";
import { BoardPast, type Span } from "./board-past";
import { tiebreaksOf } from "./boards";
import type { BoardRules, Recorded, Served, ServedRows } from "./history";
import { limits, type Violation } from "./violation";

/** When what was served has to have been so. */
interface Period {
  from: number;
  to: number;
}

export function checkServed(events: readonly Recorded[]): Violation[] {
  const of = <T extends Recorded["type"]>(type: T) =>
    events.filter((event): event is Extract<Recorded, { type: T }> => event.type === type);
  const rowsOf = new Map(of("rows").map((rows) => [rows.rows, rows]));
  const spoiltAt = of("spoilt").at(0)?.at ?? Number.POSITIVE_INFINITY;
  const violations: Violation[] = [];
  for (const rules of of("board")) {
    const past = new BoardPast(rules.operator);
    for (const log of of("log")) if (log.board === rules.board) past.learn(log);
    for (const served of of("served")) {
      const rows = rowsOf.get(served.rows);
      if (served.board !== rules.board || !rows) continue;
      const limit = limitOf(served, events);
      // What was spoilt by hand is noticed within the same time in which a lost change is.
      if (served.at >= spoiltAt && served.askedAt <= spoiltAt + limit) continue;
      const wrong = whatIsWrong(rows, past, rules, { from: served.askedAt - limit, to: served.at });
      if (wrong === undefined) continue;
      const detail = `${served.by} at ${served.at} ms, ${rules.board} unmarked: ${wrong}`;
      violations.push({ invariant: "right or stale", detail });
    }
  }
  return violations;
}

function limitOf({ kind }: Served, events: readonly Recorded[]): number {
  const isCached = kind === "poll" && events.some((event) => event.type === "ways" && event.front === "nginx");
  return limits.served[kind] + (isCached ? limits.cached : 0);
}

function whatIsWrong(
  { entries, total }: ServedRows,
  past: BoardPast,
  rules: BoardRules,
  period: Period,
): string | undefined {
  const during = (player: string) =>
    past.spansOf(player).filter(({ from, to }) => from <= period.to && to >= period.from);
  for (const { player, values } of entries) {
    if (during(player).some((span) => span.values && sameValues(span.values, values))) continue;
    return `${player} with ${values}, ${sinceWhen(past.spansOf(player), values, period)}`;
  }
  const orders = columnOrders({ order: rules.order, tiebreaks: tiebreaksOf(rules) });
  const standings = entries.map(({ player, values }) => ({ player, name: player, values, reached: 0 }));
  const ranked = rankInOrder(rules.rankStyle, standings);
  for (const [i, { player, values, rank }] of entries.entries()) {
    const before = entries[i - 1];
    if (before && compareValues(orders, before.values, values) > 0) return `${player} below ${before.player}`;
    if (ranked[i]?.rank !== rank) return `${player} at rank ${rank} for ${ranked[i]?.rank}`;
  }
  const last = entries.at(-1);
  const shown = new Set(entries.map(({ player }) => player));
  let [there, always] = [0, 0];
  for (const player of past.players) {
    const spans = during(player);
    if (spans.some(({ values }) => values !== null)) there++;
    if (spans.every(({ values }) => values !== null)) always++;
    const isCut = last !== undefined && entries.length < total;
    const mayBeLeftOut = ({ values }: Span) =>
      values === null || (isCut && compareValues(orders, last.values, values) <= 0);
    if (!shown.has(player) && !spans.some(mayBeLeftOut)) return `without ${player}`;
  }
  return total < always || total > there ? `of ${total} players for ${always} to ${there}` : undefined;
}

function sinceWhen(spans: readonly Span[], values: readonly number[], { from }: Period): string {
  const had = spans.filter((span) => span.values && sameValues(span.values, values)).at(-1);
  if (!had) return "never so in Postgres";
  const ago = from - had.to;
  return ago > 0 ? `so in Postgres until ${(ago / 1_000).toFixed(1)} s before the limit` : "so in Postgres only later";
}
