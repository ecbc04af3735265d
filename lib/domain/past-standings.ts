import type { Board, RankStyle } from "./board";
import { grown } from "./grown";
import { addValue, columnOrders, type Values } from "./score";

export type ReplayRules = Pick<Board, "order" | "operator" | "tiebreaks">;

/** Generators below give way after as many steps: well below a millisecond. */
export const stepsAtOnce = 16_384;

/** The fewest candidates that are worth sorting. */
const candidatesMin = 512;

/**
 * Everybody's standing at one place of a tape, in columns. Players are numbers, given in the order of their first events,
 * so that at any place those who are there are the first `total`.
 */
export class PastStandings {
  readonly rules: ReplayRules;
  /** How many events have been played. */
  place = 0;
  total = 0;
  readonly #width: number;
  readonly #incr: boolean;
  /** 1 where less is better, -1 where more is. */
  readonly #signs: number[];
  #values: Float64Array;
  #reached: Float64Array;

  constructor(rules: ReplayRules, capacity = 64) {
    this.rules = rules;
    this.#signs = columnOrders(rules).map((order) => (order === "asc" ? 1 : -1));
    this.#width = this.#signs.length;
    this.#incr = rules.operator === "incr";
    this.#values = new Float64Array(capacity * this.#width);
    this.#reached = new Float64Array(capacity);
  }

  copy(): PastStandings {
    const copy = new PastStandings(this.rules, this.#reached.length);
    copy.place = this.place;
    copy.total = this.total;
    copy.#values.set(this.#values);
    copy.#reached.set(this.#reached);
    return copy;
  }

  /** What an event that changed something did; its posted values are `posted` from index `from` on. */
  apply(player: number, posted: Float64Array, from: number, seq: number): void {
    if (player >= this.#reached.length) this.#grow(player);
    const at = player * this.#width;
    const adds = this.#incr && player < this.total;
    for (let column = 0; column < this.#width; column++) {
      const value = posted[from + column] ?? 0;
      this.#values[at + column] = adds ? addValue(this.#values[at + column] ?? 0, value) : value;
    }
    this.#reached[player] = seq;
    if (player >= this.total) this.total = player + 1;
  }

  /** Null for who was not there yet. */
  valuesOf(player: number): Values | null {
    const at = player * this.#width;
    return player < this.total ? [...this.#values.subarray(at, at + this.#width)] : null;
  }

  reachedOf(player: number): number {
    return this.#reached[player] ?? 0;
  }

  /** The first `limit` players in board order. */
  *top(limit: number): Generator<void, number[]> {
    const inOrder = (a: number, b: number) => this.#compare(a, b);
    let best: number[] = [];
    let last: number | undefined;
    for (let player = 0; player < this.total; player++) {
      if (player % stepsAtOnce === 0) yield;
      if (last !== undefined && inOrder(player, last) > 0) continue;
      best.push(player);
      if (best.length < Math.max(2 * limit, candidatesMin)) continue;
      best = best.sort(inOrder).slice(0, limit);
      last = best.at(-1);
    }
    return best.sort(inOrder).slice(0, limit);
  }

  /** The rank of a player who is there. Looks at everybody; for dense ranks each of those ahead costs more. */
  *rankOf(player: number, style: RankStyle): Generator<void, number> {
    const values = new Set<number | string>();
    let ahead = 0;
    for (let other = 0; other < this.total; other++) {
      if (other % stepsAtOnce === 0) yield;
      const order = style === "ordinal" ? this.#compare(other, player) : this.#compareValues(other, player);
      if (order >= 0) continue;
      ahead++;
      if (style === "dense") values.add(this.#keyOf(other));
    }
    return 1 + (style === "dense" ? values.size : ahead);
  }

  /** As compareStandings; no two players reached theirs by the same event. */
  #compare(a: number, b: number): number {
    return this.#compareValues(a, b) || (this.#reached[a] ?? 0) - (this.#reached[b] ?? 0);
  }

  #compareValues(a: number, b: number): number {
    const [values, width] = [this.#values, this.#width];
    for (let column = 0; column < width; column++) {
      const difference = (values[a * width + column] as number) - (values[b * width + column] as number);
      if (difference !== 0) return difference * (this.#signs[column] as number);
    }
    return 0;
  }

  #keyOf(player: number): number | string {
    const at = player * this.#width;
    return this.#width === 1 ? (this.#values[at] ?? 0) : this.#values.subarray(at, at + this.#width).join();
  }

  #grow(player: number): void {
    const capacity = Math.max(player + 1, 2 * this.#reached.length);
    this.#values = grown(this.#values, capacity * this.#width);
    this.#reached = grown(this.#reached, capacity);
  }
}
