/**
 * Boards as they stood, without React. What was wanted last is asked for first, then what is likely wanted next, few at a
 * time however fast somebody drags; what was on the way already is shown when it comes, if nothing newer has.
 */
import type { PastBoard } from "@/lib/domain/history";
import { backoffMs } from "./jitter";
import type { LookedBack } from "./look-back";
import { shareUnchanged } from "./share-unchanged";

/** A moment as the API is asked for it: `seq=5`, or `time=` and ISO 8601. */
type Query = string;

export interface PastView {
  /** The moment last wanted, or, until it has come, one wanted before, or forgotten; null while now is. */
  shown: { query: Query | null; board: PastBoard } | null;
  /** Why what is wanted is not there. */
  problem: "waiting" | "too-long" | "gone" | null;
}

export interface PastMomentsOptions {
  load(query: Query): Promise<LookedBack<PastBoard>>;
  /** What the page came with. */
  first: { query: Query; board: PastBoard } | null;
  random?: () => number;
}

interface Request {
  /** The number of the wish that it was made for; 0 for what nobody has wished for yet. */
  wish: number;
}

const inFlightMax = 3;
const keptMax = 300;

export class PastMoments {
  readonly #options: PastMomentsOptions;
  readonly #listeners = new Set<() => void>();
  readonly #kept = new Map<Query, PastBoard>();
  readonly #inFlight = new Map<Query, Request>();
  readonly #refused = new Map<Query, "too-long" | "gone">();
  #wanted: Query | null;
  #ahead: readonly Query[] = [];
  #wish = 0;
  /** The wish that is shown. */
  #granted = 0;
  #failures = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #view: PastView;

  constructor(options: PastMomentsOptions) {
    const { first } = options;
    this.#options = options;
    this.#view = { shown: first, problem: null };
    this.#wanted = first?.query ?? null;
    if (first) this.#kept.set(first.query, first.board);
  }

  readonly getView = (): PastView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * @param query null for now, of which others know
   * @param ahead what is likely to be wanted next, the most likely first
   */
  want(query: Query | null, ahead: readonly Query[]): void {
    this.#ahead = ahead;
    if (query !== this.#wanted) {
      this.#wanted = query;
      this.#wish++;
      if (query === null) this.#show(null, this.#wish);
      else this.#noteWish(query);
    }
    const board = query === null ? undefined : this.#kept.get(query);
    if (query !== null && board) this.#show({ query, board }, this.#wish);
    this.#update();
    this.#askOn();
  }

  /** The board may have another past now: all is asked for again; what is shown stays until then. */
  forget(): void {
    this.#kept.clear();
    this.#refused.clear();
    this.#inFlight.clear();
    const { shown } = this.#view;
    if (shown) this.#view = { ...this.#view, shown: { ...shown, query: null } };
    this.#wish++;
    this.#tell();
    this.#update();
    this.#askOn();
  }

  /** Asks for nothing more. */
  close(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#wanted = null;
    this.#ahead = [];
  }

  #askOn(): void {
    while (this.#pause === undefined && this.#inFlight.size < inFlightMax) {
      const missing = [this.#wanted, ...this.#ahead].find((query) => query !== null && this.#isMissing(query));
      if (!missing) return;
      const request = { wish: missing === this.#wanted ? this.#wish : 0 };
      this.#inFlight.set(missing, request);
      void this.#options.load(missing).then((found) => {
        if (this.#inFlight.get(missing) === request) this.#take(missing, found, request);
      });
    }
  }

  #noteWish(query: Query): void {
    const request = this.#inFlight.get(query);
    if (request) request.wish = this.#wish;
  }

  #isMissing(query: Query): boolean {
    return !this.#kept.has(query) && !this.#inFlight.has(query) && !this.#refused.has(query);
  }

  #take(query: Query, found: LookedBack<PastBoard>, request: Request): void {
    const wish = query === this.#wanted ? this.#wish : request.wish;
    this.#inFlight.delete(query);
    if (found.kind === "waiting") this.#rest(found.retryAfterMs);
    else this.#failures = 0;
    if (found.kind === "too-long" || found.kind === "gone") this.#refused.set(query, found.kind);
    if (found.kind === "found") {
      this.#keep(query, found.data);
      if (wish > this.#granted) this.#show({ query, board: found.data }, wish);
    }
    this.#update();
    this.#askOn();
  }

  #rest(retryAfterMs: number | null): void {
    if (this.#pause !== undefined) return;
    const delayMs = Math.max(retryAfterMs ?? 0, backoffMs(++this.#failures, this.#options.random));
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#askOn();
    }, delayMs);
  }

  /** The oldest give way. */
  #keep(query: Query, board: PastBoard): void {
    this.#kept.set(query, board);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
  }

  #show(next: { query: Query; board: PastBoard } | null, wish: number): void {
    this.#granted = wish;
    const { shown } = this.#view;
    if (next?.query === shown?.query) return;
    const board = next && shown ? sharing(shown.board, next.board) : next?.board;
    this.#view = { ...this.#view, shown: next && board ? { query: next.query, board } : null };
    this.#tell();
  }

  #update(): void {
    const problem = this.#problem();
    if (problem === this.#view.problem) return;
    this.#view = { ...this.#view, problem };
    this.#tell();
  }

  #problem(): PastView["problem"] {
    if (this.#wanted === null || this.#kept.has(this.#wanted)) return null;
    return this.#refused.get(this.#wanted) ?? (this.#pause === undefined ? null : "waiting");
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** `next` with the entries of `before` where they say the same, so that their rows need not be made again. */
function sharing(before: PastBoard, next: PastBoard): PastBoard {
  const { board, entries } = shareUnchanged(asSnapshot(before), asSnapshot(next));
  return { ...next, board, entries };
}

function asSnapshot({ board, total, entries, seq, at }: PastBoard) {
  return { board, total, entries, epoch: "", version: seq, asOf: at ?? "" };
}
