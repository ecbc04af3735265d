import type { PastStandings, ReplayRules } from "@/lib/domain/past-standings";
import { Tape } from "@/lib/domain/tape";

/** A tape with the standings it was last played to, from where the next moment is near when one plays on. */
export class Reel {
  readonly tape: Tape;
  #head: PastStandings | null = null;

  constructor(rules: ReplayRules) {
    this.tape = new Tape(rules);
  }

  /** The standings at a place; good until the next call. */
  *standingsAt(place: number): Generator<void, PastStandings> {
    const { tape } = this;
    if (!this.#head || this.#head.place > place || this.#head.place < tape.start) this.#head = tape.standings();
    yield* tape.play(this.#head, place);
    return this.#head;
  }
}
