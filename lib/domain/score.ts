import type { Board, Order } from "./board";

/** Score first, then the tiebreaks in the board's order; scaled whole numbers, as many as the board has columns. */
export type Values = readonly number[];

export type Applied =
  | { outcome: "applied"; values: Values }
  | { outcome: "unchanged"; values: Values }
  | { outcome: "out-of-range" };

type Rules = Pick<Board, "order" | "operator" | "tiebreaks">;

/** The order of each column, score first. */
export function columnOrders(rules: Pick<Board, "order" | "tiebreaks">): Order[] {
  return [rules.order, ...rules.tiebreaks.map((tiebreak) => tiebreak.order)];
}

/**
 * A posted score with all columns. Tiebreaks that were left out stay as they are, which with `incr` means that nothing is
 * added to them; for a player without a standing they are 0.
 */
export function withTiebreaks(rules: Rules, posted: Values, current: Values | null): Values {
  if (posted.length > rules.tiebreaks.length) return posted;
  const [score = 0] = posted;
  const present = rules.operator === "incr" ? null : current;
  return [score, ...rules.tiebreaks.map((_, i) => present?.[i + 1] ?? 0)];
}

/** What a posted score does to a player's values; `current` is null for a player who has none. */
export function applyScore(rules: Rules, current: Values | null, posted: Values): Applied {
  if (current === null) return { outcome: "applied", values: posted };
  const values = rules.operator === "incr" ? current.map((value, i) => value + (posted[i] ?? 0)) : posted;
  if (!values.every(Number.isSafeInteger)) return { outcome: "out-of-range" };
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
