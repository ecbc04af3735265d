/** What each player of a board had in Postgres when, as far as the looks at it tell. */
import type { BoardRules, LoggedEvent } from "./history";

/** Values that a player had, from `from` at the earliest to `to` at the latest; null for none yet. */
export interface Span {
  values: readonly number[] | null;
  from: number;
  to: number;
}

export class BoardPast {
  readonly #operator: BoardRules["operator"];
  readonly #spans = new Map<string, Span[]>();
  #events: LoggedEvent[] = [];
  #present = new Map<string, readonly number[]>();

  constructor(operator: BoardRules["operator"]) {
    this.#operator = operator;
  }

  get players(): Iterable<string> {
    return this.#spans.keys();
  }

  /** At `at` the events were the first `kept` of those before, then `events`; which was not so yet at `since`. */
  learn({
    since,
    at,
    kept,
    events,
  }: {
    since: number;
    at: number;
    kept: number;
    events: readonly LoggedEvent[];
  }): void {
    if (kept < this.#events.length) this.#goBack(kept, since, at);
    for (const event of events) this.#take(event, since, at);
  }

  spansOf(player: string): readonly Span[] {
    return this.#spans.get(player) ?? [{ values: null, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }];
  }

  #goBack(kept: number, since: number, at: number): void {
    const lost = this.#present;
    const events = this.#events.slice(0, kept);
    this.#events = events;
    this.#present = new Map();
    for (const event of events) this.#present.set(event.player, this.#after(event));
    for (const player of lost.keys()) {
      const values = this.#present.get(player) ?? null;
      if (String(values) !== String(lost.get(player))) this.#move(player, values, since, at);
    }
  }

  #take(event: LoggedEvent, since: number, at: number): void {
    this.#events.push(event);
    if (!event.applied) return;
    const values = this.#after(event);
    this.#present.set(event.player, values);
    this.#move(event.player, values, since, at);
  }

  #after({ player, values, applied }: LoggedEvent): readonly number[] {
    const before = this.#present.get(player);
    if (!before) return values;
    if (!applied) return before;
    return this.#operator === "incr" ? before.map((value, i) => value + (values[i] ?? 0)) : values;
  }

  #move(player: string, values: readonly number[] | null, since: number, at: number): void {
    const spans = [...this.spansOf(player)];
    const last = spans.pop();
    if (last) spans.push({ ...last, to: at });
    spans.push({ values, from: since, to: Number.POSITIVE_INFINITY });
    this.#spans.set(player, spans);
  }
}
