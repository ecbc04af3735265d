/**
 * What this instance knows of each board in use: its settings and the position of its index, at most `checkEveryMs`
 * old however many ask. Holds nothing that could not be read again.
 */
import { LRUCache } from "lru-cache";
import { BoundedCache } from "@/lib/bounded-cache";
import type { Board } from "@/lib/domain/board";
import { isRungsError, RungsError } from "@/lib/domain/errors";
import type { Position } from "@/lib/domain/snapshot";
import { bytesMaxOf, bytesOf } from "@/lib/memory-bounds";
import { IndexVerifier, type VerifierSource } from "./index-verifier";

export interface LiveBoard extends Position {
  board: Board;
  /**
   * The rank index is away: the position is Postgres' own, or the last one known. Or it is that of an index that was not
   * compared with Postgres since a connection to it ended.
   */
  stale: boolean;
  /** Players when they were last counted; 0 when they never were. */
  total: number;
  /** The newest position the index is known to have had; still so while it is away. */
  indexed: Position | null;
  /** By the monotonic clock; `inDoubt` when something was heard that only a look can tell more of. */
  checkedAt: number;
  /** When the index or Postgres was last asked, by the monotonic clock. */
  lookedAt: number;
  /** When the position was heard of, or asked for. */
  learnedAt: Moment;
  /** Answers to questions asked before this are not the last word. */
  unsureSince: Moment;
}

/** Orders what is asked and heard on this instance, finer than a clock could. */
export type Moment = number;

type Found = Pick<LiveBoard, "board" | "epoch" | "version" | "stale"> & { total?: number };
type State = Position & { revision: number; total: number; through: number };

export interface BoardSource extends VerifierSource {
  /** The board as Postgres has it, with the number of its last event; null when there is none. */
  find(id: string): Promise<(Board & { seq: number }) | null>;
  /** Index states by uid; rejects when the index is away. */
  states(uids: readonly number[]): Promise<Map<number, State>>;
  /** Builds the index of a board that has none; rejects, as when the index is away, if that takes too long to wait. */
  rebuild(uid: number, patience: "some" | "none"): Promise<unknown>;
  /** Whether changes that were committed are known to be missing from the index. */
  isBehind(uid: number, state: State): boolean;
  /** Hears that the index answered with less than was known of it: it is not what it was. */
  wentBack(uid: number, known: Position): Promise<unknown>;
  isIndexAway(error: unknown): boolean;
  /** Reports a failure that the reader of the board sees nothing of but what `consequence` says. */
  failed(board: string | number, error: unknown, consequence: string): void;
  /** Names positions that are not the index's. */
  postgresEpoch: string;
}

const checkEveryMs = 750;
const inUseMs = 15_000;
const inDoubt = Number.NEGATIVE_INFINITY;
const boardsMax = 20_000;
/** Of the cache for an entry. */
const entryBytes = 256;
const idBytes = 152;
const momentBytes = 16;
const largeFrom = 20_000;

/** Whether a board has so many players that to build its index, or to sort it in Postgres, takes longer than a blink. */
export function isLarge({ total }: { total: number }): boolean {
  return total >= largeFrom;
}

/** Marks what was read from an index at a position that is known as stale. */
export function marked<T extends Position & { stale: boolean }>(live: Position & { stale: boolean }, read: T): T {
  return live.stale && read.epoch === live.epoch ? { ...read, stale: true } : read;
}

export class LiveBoards {
  readonly #source: BoardSource;
  readonly #boards = new LRUCache<string, LiveBoard>({
    max: boardsMax,
    maxSize: bytesMaxOf("liveBoards"),
    sizeCalculation: (live, id) => bytesOf(live) + bytesOf(id) + entryBytes,
  });
  readonly #idByUid = new BoundedCache<number, string>("boardNotes", idBytes, 0.5);
  /** Uids of boards that Postgres may not have any more, since when; until a question asked later finds them. */
  readonly #maybeGone = new BoundedCache<number, Moment>("boardNotes", momentBytes, 0.5);
  readonly #checks = new Map<string, Promise<LiveBoard>>();
  readonly #verifier: IndexVerifier;
  #moment: Moment = 0;
  /** By shard. */
  readonly #batches = new Map<string, { uids: Set<number>; states: ReturnType<BoardSource["states"]> }>();

  constructor(source: BoardSource) {
    this.#source = source;
    this.#verifier = new IndexVerifier(source);
  }

  /** What is held takes of memory. */
  get bytes(): number {
    return this.#boards.calculatedSize + this.#idByUid.bytes + this.#maybeGone.bytes + this.#verifier.bytes;
  }

  /** Later than every moment before, for a question to be asked now. */
  moment(): Moment {
    return ++this.#moment;
  }

  /** Whether the next look at the board costs little. */
  knows(id: string): boolean {
    return this.#boards.has(id);
  }

  /** Throws `board-not-found`; `unavailable` when nothing is known of the board and nothing can be read. */
  async get(id: string): Promise<LiveBoard> {
    const known = this.fresh(id);
    if (known) return known;
    const live = await this.check(id);
    return live.checkedAt === inDoubt ? this.check(id) : live;
  }

  /** As `get`; but while the index of a large board is away nobody waits for the looks whether it still is. */
  async glance(id: string): Promise<LiveBoard> {
    const known = this.#boards.peek(id);
    const isAway = known?.stale && isLarge(known) && performance.now() - known.checkedAt < inUseMs;
    if (!isAway) return this.get(id);
    if (!this.fresh(id)) this.check(id).catch(() => undefined);
    return known;
  }

  /** What is known of it, if that is young enough to go by. */
  fresh(id: string, now = performance.now()): LiveBoard | undefined {
    const known = this.#boards.peek(id);
    return known && now - known.checkedAt < checkEveryMs ? known : undefined;
  }

  /** Looks now, whatever the age of what is known. Shared by all who ask meanwhile. */
  check(id: string): Promise<LiveBoard> {
    const running = this.#checks.get(id);
    if (running) return running;
    const check = this.#look(id).finally(() => this.#checks.delete(id));
    this.#checks.set(id, check);
    return check;
  }

  /**
   * Hears a position from the feed, or from a write here, which also knows the settings' revision; null when the index was
   * dropped or the board is gone: whether it is, only Postgres says. Another epoch may be older or newer, and settings have
   * to be read: that is looked up when next asked for.
   */
  note(uid: number, position: (Position & { revision?: number }) | null): void {
    if (!position) this.#maybeGone.set(uid, this.moment());
    const known = this.#known(uid);
    if (!known) return;
    if (position?.epoch === known.epoch && position.version > known.version) {
      const { epoch, version } = position;
      Object.assign(known, { version, indexed: { epoch, version }, learnedAt: this.moment() });
    }
    const isAsKnown = position?.epoch === known.epoch && (position.revision ?? 0) <= known.board.revision;
    if (known.stale || !isAsKnown) this.#doubt(known);
  }

  /** Whether a page can be what the index is at now; it is not when it is behind what was known before it was asked for. */
  async believes(page: Found, known: LiveBoard, askedAt: Moment): Promise<boolean> {
    return !(await this.#wentBack(known, page.board.uid, page, askedAt));
  }

  /** Takes over what the read of a page brought along. */
  noteRead(page: Found, askedAt: Moment): void {
    this.#keep(page, askedAt);
  }

  /** What is known of a board may be wrong: whoever asks next has the stores asked. */
  expire(uid: number): void {
    const known = this.#known(uid);
    if (known) this.#doubt(known);
  }

  /** Changes may have been missed: nothing known counts as checked any more. */
  expireAll(): void {
    for (const known of this.#boards.values()) this.#doubt(known);
  }

  /** Uids of boards looked at in the last few seconds. */
  inUse(): number[] {
    const since = performance.now() - inUseMs;
    return [...this.#boards.values()].filter((live) => live.lookedAt >= since).map(({ board }) => board.uid);
  }

  /** As of the verifier. */
  noteVerified(...verified: Parameters<IndexVerifier["noteVerified"]>): void {
    this.#verifier.noteVerified(...verified);
  }

  idOf(uid: number): string | undefined {
    return this.#idByUid.get(uid);
  }

  async #look(id: string): Promise<LiveBoard> {
    const known = this.#boards.get(id);
    const askedAt = this.moment();
    try {
      const { board, isCompared } = await this.#comparedBoard(id, known);
      const state = await this.#stateSince(known, board.uid, askedAt);
      if (state && this.#source.isBehind(board.uid, state)) return this.#lookAtPostgres(id);
      const stale = !isCompared;
      if (state?.revision === board.revision) return this.#keep({ ...state, board, stale }, askedAt);
      const present = await this.#find(id);
      if (present.uid !== board.uid) return this.#lookAtSuccessor(id, board);
      const current = state ?? (await this.#build(present, known));
      return this.#keep({ ...current, board: present, stale }, askedAt);
    } catch (error) {
      if (!this.#source.isIndexAway(error)) return this.#fallBack(id, error);
      this.#source.failed(id, error, "position read from Postgres, board marked stale");
      return this.#lookAtPostgres(id);
    }
  }

  /** The board as last read from Postgres, which must have it still, and whether its index was compared. */
  async #comparedBoard(id: string, known: LiveBoard | undefined): Promise<{ board: Board; isCompared: boolean }> {
    const isKnown = known && !this.#maybeGone.has(known.board.uid);
    const board = isKnown ? known.board : await this.#find(id);
    const isCompared = await this.#verifier.ensureVerified(board.uid);
    if (!this.#maybeGone.has(board.uid)) return { board, isCompared };
    // The comparison did not find the board in Postgres, where another may have its id by now.
    const present = await this.#find(id);
    return { board: present, isCompared: await this.#verifier.ensureVerified(present.uid) };
  }

  #lookAtSuccessor(id: string, { uid }: Board): Promise<LiveBoard> {
    this.#maybeGone.set(uid, this.moment());
    return this.#look(id);
  }

  /** The position of a board whose index is away, or lacks changes. */
  async #lookAtPostgres(id: string): Promise<LiveBoard> {
    const askedAt = this.moment();
    try {
      const board = await this.#find(id);
      return this.#keep({ board, epoch: this.#source.postgresEpoch, version: board.seq, stale: true }, askedAt);
    } catch (error) {
      return this.#fallBack(id, error);
    }
  }

  /** Postgres is away too: the last thing known, said to be stale. */
  #fallBack(id: string, error: unknown): LiveBoard {
    if (isRungsError(error)) throw error;
    const known = this.#boards.get(id);
    this.#source.failed(id, error, known ? "last known position served, marked stale" : "board answered with 503");
    if (known) return this.#keep({ ...known, stale: true }, this.moment());
    throw new RungsError("unavailable", "The board cannot be read at present.", { retryAfter: 1 });
  }

  async #find(id: string): Promise<Board & { seq: number }> {
    const askedAt = this.moment();
    const board = await this.#source.find(id);
    if (board) {
      if (askedAt > (this.#maybeGone.get(board.uid) ?? 0)) this.#maybeGone.delete(board.uid);
      return board;
    }
    this.#boards.delete(id);
    throw new RungsError("board-not-found", `There is no board "${id}".`);
  }

  async #build(board: Board, known: LiveBoard | undefined): Promise<State> {
    const present = await this.#state(board.uid);
    if (present) return present;
    await this.#source.rebuild(board.uid, known && isLarge(known) ? "none" : "some");
    const state = await this.#state(board.uid);
    if (state) return state;
    await this.#find(board.id);
    throw new RungsError("unavailable", "The rank index is being rebuilt.", { retryAfter: 1 });
  }

  /** As `#state`; none when the index has lost what was known before the question. */
  async #stateSince(known: LiveBoard | undefined, uid: number, askedAt: Moment) {
    const before = known && { ...known };
    const state = await this.#state(uid);
    return state && (await this.#wentBack(before, uid, state, askedAt)) ? this.#state(uid) : state;
  }

  async #wentBack(known: LiveBoard | undefined, uid: number, now: Position, askedAt: Moment): Promise<boolean> {
    if (!known?.indexed || known.learnedAt > askedAt) return false;
    const { epoch, version } = known.indexed;
    if (now.epoch !== epoch || now.version >= version) return false;
    await this.#source.wentBack(uid, known.indexed);
    return true;
  }

  /** Checks of boards of one shard that start in the same turn of the event loop share one round trip. */
  async #state(uid: number): Promise<State | undefined> {
    const shard = this.#source.shardOf(uid);
    let batch = this.#batches.get(shard);
    if (!batch) {
      const uids = new Set<number>();
      const states = Promise.resolve().then(() => {
        this.#batches.delete(shard);
        return this.#source.states([...uids]);
      });
      batch = { uids, states };
      this.#batches.set(shard, batch);
    }
    batch.uids.add(uid);
    return (await batch.states).get(uid);
  }

  /** Takes over an answer, but not where something newer was learned since the question. */
  #keep(found: Found, askedAt: Moment): LiveBoard {
    const known = this.#known(found.board.uid);
    const isOutdated = known && askedAt < known.learnedAt && !isAhead(found, known);
    const { epoch, version, stale } = isOutdated ? known : found;
    const board = known && known.board.revision > found.board.revision ? known.board : found.board;
    const unsureSince = known?.unsureSince ?? 0;
    const checkedAt = askedAt > unsureSince ? performance.now() : inDoubt;
    const learnedAt = Math.max(known?.learnedAt ?? 0, askedAt);
    const indexed = epoch === this.#source.postgresEpoch ? known?.indexed : { epoch, version };
    const live: LiveBoard = {
      board,
      epoch,
      version,
      stale,
      total: found.total ?? known?.total ?? 0,
      indexed: indexed && known?.indexed && isAhead(known.indexed, indexed) ? known.indexed : (indexed ?? null),
      checkedAt,
      lookedAt: performance.now(),
      learnedAt,
      unsureSince,
    };
    this.#boards.set(board.id, live);
    this.#idByUid.set(board.uid, board.id);
    return live;
  }

  #doubt(known: LiveBoard): void {
    Object.assign(known, { checkedAt: inDoubt, unsureSince: this.moment() });
  }

  #known(uid: number): LiveBoard | undefined {
    const id = this.#idByUid.get(uid);
    const known = id === undefined ? undefined : this.#boards.peek(id);
    return known?.board.uid === uid ? known : undefined;
  }
}

function isAhead(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.version >= b.version;
}
