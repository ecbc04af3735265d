/**
 * What a viewer has made of a board's page, without React: whether it stands still, and what its arrows compare with.
 * The board is followed all the same; this only decides what of it is seen.
 */
import type { Lens, LiveView } from "./live-view";
import { type Moves, moveShownMs, noMoves } from "./moves";
import { type Baseline, baselineOf, countChanges, movesSince } from "./moves-since";

/** What arrows tell of: the last half minute, the time since the viewer last looked, or the last hour. */
export type Arrows = "live" | "look" | "hour";

export interface LensState {
  /** When the page was paused; null while it follows. */
  heldAt: number | null;
  /** How many results a paused page does not show yet. */
  waiting: number;
  arrows: Arrows;
  /** When the viewer last looked; null for whoever has not been away. */
  lookedAt: number | null;
  /** For a while after the viewer came back: how many players have moved meanwhile. */
  back: { at: number; moved: number } | null;
}

/** For how long a viewer who came back is told what happened meanwhile. */
export const backShownMs = 60_000;

export class BoardLens {
  readonly #board: { lookThrough(lens: Lens | null): void };
  readonly #listeners = new Set<() => void>();
  #started = false;
  #state: LensState = { heldAt: null, waiting: 0, arrows: "live", lookedAt: null, back: null };
  #newest: LiveView | null = null;
  #held: LiveView | null = null;
  #look: Baseline | null = null;
  #hour: Baseline | null = null;
  #backUntil = 0;
  /** What a page that was paused had shown, so that arrows tell what happened meanwhile. */
  #resumed: Baseline | null = null;
  #moves: Moves = noMoves;

  constructor(board: { lookThrough(lens: Lens | null): void }) {
    this.#board = board;
  }

  start(): () => void {
    this.#started = true;
    this.#update();
    return () => {
      this.#started = false;
      this.#board.lookThrough(null);
    };
  }

  readonly getState = (): LensState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly #see = (view: LiveView): LiveView => {
    const before = this.#newest;
    this.#newest = view;
    if (this.#held) {
      const { snapshot, moves, standing, heldAt } = this.#held;
      const more = before ? countChanges(before.snapshot.entries, view.snapshot.entries) : 0;
      this.#set({ waiting: this.#state.waiting + more });
      return { ...view, snapshot, moves, standing, heldAt };
    }
    return { ...view, moves: this.#movesOf(view, Date.now()) };
  };

  togglePause(): void {
    const now = Date.now();
    if (this.#held) {
      this.#resumed = baselineOf(this.#held.snapshot.entries, now);
      this.#held = null;
      this.#set({ heldAt: null, waiting: 0 });
    } else if (this.#newest) {
      this.#held = { ...this.#see(this.#newest), heldAt: now };
      this.#set({ heldAt: now, waiting: 0 });
    }
    this.#update();
  }

  setArrows(arrows: Arrows): void {
    this.#resumed = null;
    this.#set({ arrows });
    this.dismissBack();
  }

  /** Where everybody stood an hour ago; null while it is not known. */
  setHour(hour: Baseline | null): void {
    this.#hour = hour;
    this.#update();
  }

  /** The viewer looks away: what stands here is what was seen last. Null where nothing has been seen yet. */
  lookAway(): Baseline | null {
    const seen = this.#held ?? this.#newest;
    return seen && baselineOf(seen.snapshot.entries, Date.now());
  }

  /** The viewer is back. */
  comeBack(look: Baseline): void {
    this.#look = look;
    this.#backUntil = Date.now() + backShownMs;
    this.#set({ lookedAt: look.at });
    this.#update();
  }

  dismissBack(): void {
    this.#backUntil = 0;
    this.#update();
  }

  #movesOf(view: LiveView, now: number): Moves {
    const { entries } = view.snapshot;
    const isBack = this.#look !== null && now < this.#backUntil;
    const base = this.#baseline(isBack, now);
    if (base) this.#moves = movesSince(base, entries, this.#moves);
    const back = isBack && base && this.#moves.size > 0 ? { at: base.at, moved: this.#moves.size } : null;
    const { back: told } = this.#state;
    if (back?.at !== told?.at || back?.moved !== told?.moved) this.#set({ back });
    if (base) return this.#moves;
    return this.#state.arrows === "live" ? view.moves : noMoves;
  }

  /** What the arrows of now compare with; null for the board's own moves, or where nothing is known yet. */
  #baseline(isBack: boolean, now: number): Baseline | null {
    if (isBack) return this.#look;
    if (this.#resumed && now >= this.#resumed.at + moveShownMs) this.#resumed = null;
    if (this.#state.arrows === "live") return this.#resumed;
    return this.#state.arrows === "look" ? this.#look : this.#hour;
  }

  /** Has the board seen anew. */
  #update(): void {
    if (this.#started) this.#board.lookThrough(this.#see);
  }

  #set(change: Partial<LensState>): void {
    const next = { ...this.#state, ...change };
    const keys = Object.keys(change) as (keyof LensState)[];
    if (keys.every((key) => next[key] === this.#state[key])) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}
