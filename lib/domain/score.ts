import type { Board, Order } from "./board";

/**
 * Score first, then the tiebreaks in the board's order; scaled whole numbers, as many as the board has columns. A tiebreak
 * that was never posted is `missingValue`.
 */
export type Values = readonly number[];

/** As read from a post: the score, then null for each tiebreak that was left out; the score alone where their list was. */
export type PostedValues = readonly (number | null)[];

export type Applied =
  | { outcome: "applied"; values: Values }
  | { outcome: "unchanged"; values: Values }
  | { outcome: "out-of-range" };

type Rules = Pick<Board, "order" | "operator" | "tiebreaks">;

/** The order of each column, score first. */
export function columnOrders(rules: Pick<Board, "order" | "tiebreaks">): Order[] {
  return [rules.order, ...rules.tiebreaks.map((tiebreak) => tiebreak.order)];
}

const worst = 2 ** 53;

/** What stands for a missing tiebreak: one step past the range of values, so that it ranks last by the column's order. */
export function missingValue(order: Order): number {
  return order === "asc" ? worst : -worst;
}

export function isMissing(value: number): boolean {
  return Math.abs(value) === worst;
}

/**
 * A posted score with all columns. Tiebreaks that were left out stay as they are, which with `incr` means that nothing is
 * added to them; for a player without a standing they are missing.
 */
export function withTiebreaks(rules: Rules, [score, ...tiebreaks]: PostedValues, current: Values | null): Values {
  const present = rules.operator === "incr" ? null : current;
  return [
    score ?? 0,
    ...rules.tiebreaks.map(({ order }, i) => tiebreaks[i] ?? present?.[i + 1] ?? missingValue(order)),
  ];
}

/** What `incr` makes of a column; NaN when the sum is not exact. */
export function addValue(present: number, posted: number): number {
  if (isMissing(present)) return posted;
  if (isMissing(posted)) return present;
  const sum = present + posted;
  return Number.isSafeInteger(sum) ? sum : Number.NaN;
}

/** What a posted score does to a player's values; `current` is null for a player who has none. */
export function applyScore(rules: Rules, current: Values | null, posted: Values): Applied {
  if (current === null) return { outcome: "applied", values: posted };
  const values = rules.operator === "incr" ? current.map((value, i) => addValue(value, posted[i] ?? 0)) : posted;
  if (values.some(Number.isNaN)) return { outcome: "out-of-range" };
  const better = compareValues(columnOrders(rules), values, current);
  const keeps = rules.operator === "best" ? better >= 0 : better === 0;
  return keeps ? { outcome: "unchanged", values: current } : { outcome: "applied", values };
}

/** Below 0 when `a` ranks ahead of `b`, 0 when they tie. Compares the whole tuple. */
export function compareValues(orders: readonly Order[], a: Values, b: Values): number {
  for (let i = 0; i < orders.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return (difference < 0 ? -1 : 1) * (orders[i] === "asc" ? 1 : -1);
  }
  return 0;
}
