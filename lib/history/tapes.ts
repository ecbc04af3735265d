/**
 * The score events of the boards whose past is asked for, in memory: read from Postgres once, then only what is new. The
 * write path knows nothing of it, and pays nothing for it. All of it can be read again, and is when the last event held is
 * not in Postgres any more: after a restore, or a failover that lost commits, a board has another history.
 */
import { setTimeout } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import { type Database, withDeadline } from "@/db/client";
import { findBoardByUid, type StoredBoard } from "@/db/queries/boards";
import { type EventMark, eventsAfter, OtherHistoryError } from "@/db/queries/events";
import type { Board } from "@/lib/domain/board";
import { RungsError } from "@/lib/domain/errors";
import { type Position, positionId } from "@/lib/domain/snapshot";
import type { Tape } from "@/lib/domain/tape";
import { bytesMaxOf } from "@/lib/memory-bounds";
import type { StorageErrors } from "@/lib/storage-errors";
import { Turns } from "@/lib/turns";
import { Reel } from "./reel";
import { sliced } from "./sliced";

/** A board, and how far it is known to have come. */
export interface BoardNow extends Position {
  board: Board;
}

export interface TapesOptions {
  /** Events held of one board. */
  eventsMax?: number;
  /** Events that are read at all; a board with more has no history to look at. */
  eventsReadMax?: number;
  playersMax?: number;
  /** Of all tapes together. */
  bytesMax?: number;
}

interface Held {
  reel: Reel;
  /** The last event read; null before the first. */
  last: EventMark | null;
  /** Where the board was known to be when events were last read, and when that was, by the monotonic clock. */
  position: Position;
  readAt: number;
  /** Of the database then. */
  connectionsLost: number;
  /** Settles when nobody is working with it. */
  turn: Promise<unknown>;
}

/** So that one board fits, half of it events and half of it players; columns of events are powers of two. */
function limitsWithin(bytesMax: number): Required<TapesOptions> {
  const eventsMax = Math.min(2 ** 21, 2 ** Math.floor(Math.log2(bytesMax / 128)));
  return { bytesMax, eventsMax, eventsReadMax: 5_000_000, playersMax: Math.min(1_000_000, Math.floor(bytesMax / 320)) };
}

/** Posts that change nothing move no position: they are looked for after this. */
const freshMs = 1_000;
/** For so long after a read what is held counts as the board's history, where newer events make no difference. */
const confirmedMs = 4_000;
const waitMaxMs = 4_000;
/** One board at a time, as it may take as much memory while it is read as all that are held. */
const loadLimits = {
  ...{ runningMax: 1, runningPerClientMax: 1, waitMsMax: 60_000 },
  ...{ waitingMax: 128, waitingPerClientMax: 8 },
};
const crowded = { detail: "The histories of many other boards are being read for this address.", retryAfter: 2 };

export class Tapes {
  readonly #database: Database;
  readonly #storageErrors: StorageErrors;
  readonly #limits: Required<TapesOptions>;
  readonly #held: LRUCache<number, Held>;
  readonly #loadTurns = new Turns(loadLimits, crowded);
  /** Under way or waiting for their turn, by client and board. */
  readonly #loads = new Map<string, Promise<Held>>();
  #loading: { uid: number; load: Promise<Held> } | null = null;
  /** Boards known to have too many players; they never get fewer. */
  readonly #tooLarge = new LRUCache<number, true>({ max: 1_000 });

  constructor(database: Database, storageErrors: StorageErrors, options: TapesOptions = {}) {
    this.#database = database;
    this.#storageErrors = storageErrors;
    this.#limits = { ...limitsWithin(bytesMaxOf("tapes")), ...options };
    this.#held = new LRUCache({ maxSize: this.#limits.bytesMax, sizeCalculation: ({ reel }) => reel.tape.bytes });
  }

  /** What is held takes of memory. */
  get bytes(): number {
    return this.#held.calculatedSize;
  }

  /** Whether the board's events were read already. */
  holds(uid: number): boolean {
    return this.#held.has(uid);
  }

  /**
   * Resolves when the board's events are held, or could be. Throws like `use`, and `too-many-requests` when they are to be
   * read and many other boards wait for that on behalf of the client.
   * @param client its address; null when that is unknown: no such bound applies then
   */
  async ready(now: BoardNow, client: string | null): Promise<void> {
    if (!this.holds(now.board.uid)) await this.#wait(this.#load(now, client ?? ""));
  }

  /**
   * Works with a board's events, alone. Throws `history-too-long`, and `unavailable` while it takes long to read them.
   * @param needsNewest false when newer events make no difference
   */
  use<T>(now: BoardNow, work: (reel: Reel) => Generator<void, T>, needsNewest = always): Promise<T> {
    return this.#inTurn(now, needsNewest, (reel) => sliced(work(reel)));
  }

  /** The same for what takes no time. */
  look<T>(now: BoardNow, read: (tape: Tape) => T, needsNewest = always): Promise<T> {
    return this.#inTurn(now, needsNewest, ({ tape }) => read(tape));
  }

  async #inTurn<T>(
    now: BoardNow,
    needsNewest: (tape: Tape) => boolean,
    work: (reel: Reel) => T | Promise<T>,
  ): Promise<T> {
    const held = this.#held.get(now.board.uid) ?? (await this.#wait(this.#load(now, "")));
    const turn = held.turn.then(async (): Promise<T> => {
      if (!this.#isUpToDate(held, now, needsNewest) && !(await this.#readOn(held, now))) {
        return this.#inTurn(now, needsNewest, work);
      }
      return work(held.reel);
    });
    held.turn = turn.catch(() => undefined);
    return turn;
  }

  async #wait(load: Promise<Held>): Promise<Held> {
    const waited = new AbortController();
    const late = setTimeout(waitMaxMs, null, { signal: waited.signal, ref: false }).catch(() => null);
    const held = await Promise.race([load, late]).finally(() => waited.abort());
    if (!held) throw busy("The board's history is still being read.");
    return held;
  }

  /** Continues after a request has given up its wait: the next one finds the events read, or its turn nearer. */
  #load(now: BoardNow, client: string): Promise<Held> {
    const { uid } = now.board;
    if (this.#loading?.uid === uid) return this.#loading.load;
    const key = `${uid} ${client}`;
    const known = this.#loads.get(key);
    if (known) return known;
    const load = this.#loadTurns
      .run(client, async () => this.#held.get(uid) ?? this.#loadReported(now))
      .finally(() => this.#loads.delete(key));
    load.catch(() => undefined);
    this.#loads.set(key, load);
    return load;
  }

  async #loadReported(now: BoardNow): Promise<Held> {
    const load = this.#loadNow(now);
    this.#loading = { uid: now.board.uid, load };
    try {
      return await load;
    } catch (error) {
      const consequence = "events not read, history answered with 503; the next request reads again";
      this.#storageErrors.report({ component: "history", board: now.board.id, error, consequence });
      throw error;
    } finally {
      this.#loading = null;
    }
  }

  async #loadNow(now: BoardNow): Promise<Held> {
    const board = await this.#find(now.board.uid);
    if (board.seq > this.#limits.eventsReadMax) throw tooLong();
    const unread = { last: null, position: { epoch: "", version: 0 }, readAt: 0, connectionsLost: 0 };
    const held: Held = { reel: new Reel(board), ...unread, turn: Promise.resolve() };
    const isWhole = await this.#read(held, now).then(() => true, falseIfOther);
    // What the numbers mean could have changed before the first of them came.
    if (!isWhole || (await this.#find(board.uid)).revision !== board.revision) return this.#loadNow(now);
    // The settings of an empty board can still change.
    if (held.reel.tape.end > 0) this.#held.set(board.uid, held);
    return held;
  }

  async #find(uid: number): Promise<StoredBoard> {
    const board = await withDeadline(findBoardByUid(this.#database.db, uid));
    if (!board) throw new RungsError("board-not-found", "The board was deleted.");
    return board;
  }

  #isUpToDate(held: Held, now: BoardNow, needsNewest: (tape: Tape) => boolean): boolean {
    // The next connection may lead to another server.
    if (held.connectionsLost !== this.#database.connectionsLost()) return false;
    const age = performance.now() - held.readAt;
    if (needsNewest(held.reel.tape)) return age < freshMs && positionId(held.position) === positionId(now);
    return age < confirmedMs && held.position.epoch === now.epoch;
  }

  /** Reads what is new; false, and what is held is forgotten, when the board has another history now. */
  async #readOn(held: Held, now: BoardNow): Promise<boolean> {
    const { uid } = now.board;
    const continues = await this.#read(held, now).then(() => true, falseIfOther);
    if (!continues) held.readAt = Number.NEGATIVE_INFINITY;
    // The cache counts a value when it is added: one that has grown is added again, unless nobody holds on to it.
    if (this.#held.peek(uid) === held) {
      this.#held.delete(uid);
      if (continues) this.#held.set(uid, held);
    }
    return continues;
  }

  /** Reads what is new. Throws OtherHistoryError. */
  async #read(held: Held, now: BoardNow): Promise<void> {
    const { uid } = now.board;
    const { tape } = held.reel;
    const { bytesMax, eventsMax, playersMax } = this.#limits;
    const readAt = performance.now();
    const connectionsLost = this.#database.connectionsLost();
    if (this.#tooLarge.has(uid)) throw tooLong();
    for await (const { events, last } of eventsAfter(this.#database.sql, uid, held.last)) {
      for (const event of events) tape.append(event);
      held.last = last;
      // By a quarter at a time, since what stays is moved.
      if (tape.end - tape.start > eventsMax) await sliced(tape.keep(Math.floor(0.75 * eventsMax)));
      if (tape.players.length <= playersMax && tape.bytes <= bytesMax) continue;
      this.#tooLarge.set(uid, true);
      this.#held.delete(uid);
      throw tooLong();
    }
    Object.assign(held, { position: { epoch: now.epoch, version: now.version }, readAt, connectionsLost });
  }
}

const always: (tape: Tape) => boolean = () => true;

function falseIfOther(error: unknown): false {
  if (error instanceof OtherHistoryError) return false;
  throw error;
}

function busy(detail: string): RungsError {
  return new RungsError("unavailable", detail, { retryAfter: 1 });
}

/** Nobody can be told of what is no longer looked at. */
export function tooLong(): RungsError {
  return new RungsError("history-too-long", "The board has more events or players than can be looked back over.");
}
