/**
 * What this instance knows of each board in use: its settings and the position of its index, at most `checkEveryMs`
 * old however many ask. Holds nothing that could not be read again.
 */
import { LRUCache } from "lru-cache";
import type { Board } from "@/lib/domain/board";
import { RungsError } from "@/lib/domain/errors";
import type { Position } from "@/lib/domain/snapshot";

export interface LiveBoard extends Position {
  board: Board;
  /** The rank index is away: the position is Postgres' own, or the last one known. */
  stale: boolean;
  checkedAt: number;
  /** When a newer position was last heard of, without a check. */
  heardAt: number;
}

type Found = Omit<LiveBoard, "checkedAt" | "heardAt">;

export interface BoardSource {
  /** The board as Postgres has it, with the number of its last event; null when there is none. */
  find(id: string): Promise<(Board & { seq: number }) | null>;
  /** Index states by uid; rejects when the index is away. */
  states(uids: readonly number[]): Promise<Map<number, Position & { revision: number }>>;
  /** Builds the index of a board that has none. */
  rebuild(uid: number): Promise<unknown>;
  isIndexAway(error: unknown): boolean;
  /** Names positions that are not the index's. */
  postgresEpoch: string;
}

const checkEveryMs = 750;
const boardsMax = 20_000;

export class LiveBoards {
  readonly #source: BoardSource;
  readonly #boards = new LRUCache<string, LiveBoard>({ max: boardsMax });
  readonly #idByUid = new LRUCache<number, string>({ max: boardsMax });
  readonly #checks = new Map<string, Promise<LiveBoard>>();
  #batch: { uids: Set<number>; states: ReturnType<BoardSource["states"]> } | null = null;

  constructor(source: BoardSource) {
    this.#source = source;
  }

  /** Throws `board-not-found`; `unavailable` when nothing is known of the board and nothing can be read. */
  async get(id: string): Promise<LiveBoard> {
    const known = this.#boards.get(id);
    return known && Date.now() - known.checkedAt < checkEveryMs ? known : this.check(id);
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
   * Hears a position from the feed, or from a write here, which also knows the settings' revision; null when the board
   * is gone. Newer settings are read when next asked for.
   */
  note(uid: number, position: (Position & { revision?: number }) | null): void {
    const known = this.#known(uid);
    if (!known) return;
    if (!position || (position.revision ?? 0) > known.board.revision) known.checkedAt = 0;
    if (position && (position.epoch !== known.epoch || position.version > known.version)) {
      Object.assign(known, { epoch: position.epoch, version: position.version, stale: false, heardAt: Date.now() });
    }
  }

  /** Takes over what a page read brought along. */
  noteRead(board: Board, position: Position, stale: boolean): void {
    const { epoch, version } = position;
    this.#keep({ board, epoch, version, stale });
  }

  /** Changes may have been missed: nothing known counts as checked any more. */
  expireAll(): void {
    for (const known of this.#boards.values()) known.checkedAt = 0;
  }

  idOf(uid: number): string | undefined {
    return this.#idByUid.get(uid);
  }

  async #look(id: string): Promise<LiveBoard> {
    const known = this.#boards.get(id);
    const startedAt = Date.now();
    try {
      const board = known?.board ?? (await this.#find(id));
      const state = await this.#state(board.uid);
      if (state?.revision === board.revision)
        return this.#keep(this.#newest({ ...state, board, stale: false }, startedAt));
      const present = await this.#find(id);
      const current = state && present.uid === board.uid ? state : await this.#build(present);
      return this.#keep(this.#newest({ ...current, board: present, stale: false }, startedAt));
    } catch (error) {
      if (!this.#source.isIndexAway(error)) return this.#fallBack(id, error);
      try {
        const board = await this.#find(id);
        return this.#keep({ board, epoch: this.#source.postgresEpoch, version: board.seq, stale: true });
      } catch (second) {
        return this.#fallBack(id, second);
      }
    }
  }

  /** A position heard of since the look began may be newer than what the look found. */
  #newest(found: Found, startedAt: number): Found {
    const known = this.#known(found.board.uid);
    const heardSince = known && known.heardAt >= startedAt && known.epoch === found.epoch;
    return heardSince && known.version > found.version ? { ...found, version: known.version } : found;
  }

  /** Postgres is away too: the last thing known, said to be stale. */
  #fallBack(id: string, error: unknown): LiveBoard {
    const known = this.#boards.get(id);
    if (!known || (error instanceof Error && error.name === "RungsError")) throw error;
    return this.#keep({ ...known, stale: true });
  }

  async #find(id: string): Promise<Board & { seq: number }> {
    const board = await this.#source.find(id);
    if (board) return board;
    this.#boards.delete(id);
    throw new RungsError("board-not-found", `There is no board "${id}".`);
  }

  async #build(board: Board): Promise<Position> {
    const present = await this.#state(board.uid);
    if (present) return present;
    await this.#source.rebuild(board.uid);
    const state = await this.#state(board.uid);
    if (!state) throw new RungsError("unavailable", "The rank index is being rebuilt.", { retryAfter: 1 });
    return state;
  }

  /** Checks that start in the same turn of the event loop share one round trip. */
  async #state(uid: number): Promise<(Position & { revision: number }) | undefined> {
    if (!this.#batch) {
      const uids = new Set<number>();
      const states = Promise.resolve().then(() => {
        this.#batch = null;
        return this.#source.states([...uids]);
      });
      this.#batch = { uids, states };
    }
    this.#batch.uids.add(uid);
    return (await this.#batch.states).get(uid);
  }

  #keep({ board, epoch, version, stale }: Found): LiveBoard {
    const live = { board, epoch, version, stale, checkedAt: Date.now(), heardAt: 0 };
    this.#boards.set(board.id, live);
    this.#idByUid.set(board.uid, board.id);
    return live;
  }

  #known(uid: number): LiveBoard | undefined {
    const id = this.#idByUid.get(uid);
    const known = id === undefined ? undefined : this.#boards.peek(id);
    return known?.board.uid === uid ? known : undefined;
  }
}
