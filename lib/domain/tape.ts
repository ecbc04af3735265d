/**
 * What was posted to a board, event by event, in columns: about thirty bytes each, so that millions can be held and
 * played again within milliseconds. What is too much falls off at the beginning, into the standings it had led to.
 *
 * A place on the tape is a number of events since the board's first: 0 is before it, `end` is now.
 */
import { grown } from "./grown";
import { PastStandings, type ReplayRules, stepsAtOnce } from "./past-standings";
import { addValue, missingValue, type Values } from "./score";

export interface TapeEvent {
  seq: number;
  /** Milliseconds since 1970. */
  at: number;
  player: string;
  posted: Values;
  /** Whether it changed the player's values. */
  applied: boolean;
}

/** Hears what each of the events of `players[which]` led to. The values are good during the call. */
export type Visit = (which: number, place: number, applied: boolean, after: Float64Array) => void;

const firstCapacity = 256;
/** The place in the list and in the map, and the id's own header. */
const bytesPerPlayer = 110;

export class Tape {
  readonly width: number;
  readonly players: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #incr: boolean;
  /** The standings at `start`. */
  readonly #base: PastStandings;
  #held = 0;
  #idCharacters = 0;
  #player = new Uint32Array(firstCapacity);
  #applied = new Uint8Array(firstCapacity);
  #seq = new Float64Array(firstCapacity);
  #at = new Float64Array(firstCapacity);
  #posted: Float64Array;

  constructor(rules: ReplayRules) {
    this.width = 1 + rules.tiebreaks.length;
    this.#incr = rules.operator === "incr";
    this.#base = new PastStandings(rules);
    this.#posted = new Float64Array(firstCapacity * this.width);
  }

  /** The first place that can be played to: 0, unless the beginning was forgotten. */
  get start(): number {
    return this.#base.place;
  }

  get end(): number {
    return this.start + this.#held;
  }

  /** Roughly what it takes of memory, with standings at one more place. A character of an id takes two bytes at most. */
  get bytes(): number {
    const perEvent = 4 + 1 + 8 + 8 + 8 * this.width;
    const perPlayer = bytesPerPlayer + 2 * 8 * (1 + this.width);
    return this.#player.length * perEvent + this.players.length * perPlayer + 2 * this.#idCharacters;
  }

  append({ seq, at, player, posted, applied }: TapeEvent): void {
    if (this.#held === this.#player.length) this.#grow();
    const i = this.#held++;
    this.#player[i] = this.#number(player);
    this.#applied[i] = applied ? 1 : 0;
    this.#seq[i] = seq;
    this.#at[i] = Math.max(at, this.#at[i - 1] ?? at);
    for (let column = 0; column < this.width; column++) this.#posted[i * this.width + column] = posted[column] ?? 0;
  }

  /** Keeps the newest `count` events, and of those before only what they had led to. Until then nothing else is right. */
  *keep(count: number): Generator<void, void> {
    const gone = this.#held - count;
    if (gone <= 0) return;
    yield* this.play(this.#base, this.start + gone);
    for (const column of [this.#player, this.#applied, this.#seq, this.#at]) column.copyWithin(0, gone, this.#held);
    this.#posted.copyWithin(0, gone * this.width, this.#held * this.width);
    this.#held = count;
  }

  /** The player's number in standings of this tape. */
  numberOf(player: string): number | undefined {
    return this.#numbers.get(player);
  }

  /** Number of the last event before a place; 0 where that is not held. */
  seqAt(place: number): number {
    return this.#seq[place - this.start - 1] ?? 0;
  }

  /** Time of the same event. Times never go back: where a clock was set back it stands still. */
  timeAt(place: number): number {
    return this.#at[place - this.start - 1] ?? 0;
  }

  /** Values of the same event. */
  postedAt(place: number): Values {
    const from = (place - this.start - 1) * this.width;
    return [...this.#posted.subarray(from, from + this.width)];
  }

  /** The place after every event up to number `seq`. */
  placeOfSeq(seq: number): number {
    return this.start + countUpTo(this.#seq, this.#held, seq);
  }

  /** The place before the first event that is later than `at`. */
  placeOfTime(at: number): number {
    return this.start + countUpTo(this.#at, this.#held, at);
  }

  /** Standings at `start`, to be played on. */
  standings(): PastStandings {
    return this.#base.copy();
  }

  /** Plays on to a place, which must not lie before. */
  *play(standings: PastStandings, to: number): Generator<void, void> {
    const [player, applied, seq, posted, width] = [this.#player, this.#applied, this.#seq, this.#posted, this.width];
    const last = to - this.start;
    for (let i = standings.place - this.start; i < last; i++) {
      if (i % stepsAtOnce === 0) yield;
      // What changed nothing adds nothing.
      if (applied[i] === 1) standings.apply(player[i] as number, posted, i * width, seq[i] as number);
      standings.place++;
    }
  }

  /** Plays what is held of a few players, at most 255; first, at place `start`, what they had before. */
  *follow(players: readonly string[], visit: Visit): Generator<void, void> {
    const followed = new Uint8Array(this.players.length);
    const values = players.map((player, which) => {
      const number = this.#numbers.get(player);
      if (number !== undefined) followed[number] = which + 1;
      const before = number === undefined ? null : this.#base.valuesOf(number);
      // Whatever is added to a missing value takes its place.
      const own = Float64Array.from(before ?? Array(this.width).fill(missingValue("desc")));
      if (before) visit(which, this.start, true, own);
      return own;
    });
    // Columns in variables: a million events are looked through in milliseconds then.
    const [player, applied, width] = [this.#player, this.#applied, this.width];
    for (let i = 0; i < this.#held; i++) {
      if (i % stepsAtOnce === 0) yield;
      const which = (followed[player[i] as number] as number) - 1;
      if (which < 0) continue;
      const own = values[which] as Float64Array;
      for (let column = 0; applied[i] === 1 && column < width; column++) {
        const posted = this.#posted[i * width + column] ?? 0;
        own[column] = this.#incr ? addValue(own[column] ?? 0, posted) : posted;
      }
      visit(which, this.start + i + 1, applied[i] === 1, own);
    }
  }

  #number(player: string): number {
    const known = this.#numbers.get(player);
    if (known !== undefined) return known;
    this.#numbers.set(player, this.players.length);
    this.#idCharacters += player.length;
    return this.players.push(player) - 1;
  }

  #grow(): void {
    const capacity = 2 * this.#player.length;
    this.#player = grown(this.#player, capacity);
    this.#applied = grown(this.#applied, capacity);
    this.#seq = grown(this.#seq, capacity);
    this.#at = grown(this.#at, capacity);
    this.#posted = grown(this.#posted, capacity * this.width);
  }
}

/** How many of the first `length`, which are in order, are at most `most`. */
function countUpTo(sorted: Float64Array, length: number, most: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
