/**
 * The rank index: every player of a board in order, with O(log n) rank, page and around. It can be lost at any
 * time and is rebuilt from Postgres; whoever gets `null` ("no usable index") rebuilds and asks again.
 * Implementations: redis-rank-index.ts and in-process-rank-index.ts, held to one contract suite.
 */
import type { Board } from "@/lib/domain/board";
import type { IndexedLog, LogStep, LogSummary } from "@/lib/domain/board-log";
import type { RankedStanding, Standing } from "@/lib/domain/ranking";
import type { Position } from "@/lib/domain/snapshot";

/** What the index has to know of a board. An index built for other columns or rank style counts as missing. */
export type IndexBoard = Pick<Board, "uid" | "order" | "tiebreaks" | "rankStyle" | "revision">;

/** A player's absolute new standing. */
export interface StandingChange extends Standing {
  /** The board's sequence number of the last change to this player; an older one never overwrites a newer. */
  seq: number;
}

export interface IndexPosition extends Position {
  /** The newest settings revision the index has been told of. */
  revision: number;
}

/**
 * With the point of the board's log up to which every change is in the index. A point before one that the index had
 * reached means that the index has lost changes.
 */
export interface IndexState extends IndexPosition, IndexedLog {}

/** What an index is built from. */
export interface IndexSource {
  /** Where the board's log ends now. */
  log(): Promise<Pick<LogSummary, "lastChange" | "digest">>;
  /** Each player once; an index takes parts that are in order faster. */
  standings(): AsyncIterable<readonly StandingChange[]>;
}

/** Ranks of one player around an `apply`; null where the player had (or has) no standing. */
export interface RankMove {
  before: number | null;
  after: number | null;
}

export interface AppliedChanges extends IndexState {
  /** One for each player asked for in `report`. */
  moves: Map<string, RankMove>;
  /** A step ends before the index does, so its digest could not be compared. */
  late: boolean;
}

export interface IndexPage extends IndexState {
  entries: RankedStanding[];
}

export interface IndexPlayer extends IndexState {
  /** Null for a player who has no standing. */
  found: null | {
    entry: RankedStanding;
    /** How many players are strictly ahead by score and tiebreaks, whatever the rank style. */
    ahead: number;
    /** The closest player with a better rank. */
    next: RankedStanding | null;
    /** Exactly min(2n+1, total) entries in order, filled up at the edges. */
    around: RankedStanding[];
  };
}

/** Changes that one `apply` takes in a single atomic step. */
export const changesAtomicMax = 1_000;

export interface RankIndex {
  /**
   * Applies up to `changesAtomicMax` changes in one atomic step (more: step by step) and grows the version by one if
   * anything visible changed, which includes a `board.revision` the index had not seen. Safe against duplicates and
   * reordering. Announces the change on the feed. `steps` says what is complete once these changes are in; steps may
   * come in any order and more than once. Steps of another history than the index's delete the index: null.
   */
  apply(
    board: IndexBoard,
    changes: readonly StandingChange[],
    report: readonly string[],
    steps?: readonly LogStep[],
  ): Promise<AppliedChanges | null>;
  /** Names the server that has the board: boards of another one are asked for apart, and do without those of a lost one. */
  shardOf(uid: number): string;
  /** States of many boards in one round trip for each shard; boards without an index are left out. */
  states(uids: readonly number[]): Promise<Map<number, IndexState>>;
  page(board: IndexBoard, offset: number, limit: number): Promise<IndexPage | null>;
  player(board: IndexBoard, player: string, around: number): Promise<IndexPlayer | null>;
  /**
   * Builds the index anew from the source beside the old one and swaps it in under a new epoch at version 1.
   * The source is first asked once no change can be missed: what is applied to the old index meanwhile is carried over.
   * Returns null when another instance is rebuilding this board, or the copy lost entries before the swap: try again.
   */
  rebuild(board: IndexBoard, source: IndexSource): Promise<IndexState | null>;
  /** With an epoch, only an index of that epoch is dropped. */
  drop(uid: number, epoch?: string): Promise<void>;
  /**
   * Reads, writes and deletes keys of its own with every command that is in use, on one shard or on all; rejects when one
   * refuses.
   */
  probe(shard?: string): Promise<void>;
  close(): Promise<void>;
}

interface ChangeListener {
  /** The board's new position; null: the index was dropped. */
  onChange(uid: number, position: IndexPosition | null): void;
  /** Changes may have been missed: all states have to be compared. */
  onGap(): void;
  /** The newest inbox item of some of the board's watched players. */
  onInbox?(uid: number, newest: ReadonlyMap<string, number>): void;
}

/** Tells every instance that a board changed. At most once: whoever must not miss one compares states too. */
export interface ChangeFeed {
  listen(listener: ChangeListener): void;
  /** Tells every instance, this one included, of new inbox items; never fails. */
  tellInbox(uid: number, newest: ReadonlyMap<string, number>): void;
  close(): Promise<void>;
}

/** Why there is no whole index although the store answers; with a cause, that says why. */
type IndexFault =
  /** It is being rebuilt, or has to catch up. */
  | "pending"
  /** Keys of it were deleted, such as by eviction. */
  | "lost"
  /** Another instance rebuilds it, for too long. */
  | "timeout";

/** Thrown by every method when the index did not answer, or not in time. */
export class IndexUnavailableError extends Error {
  override readonly name = "IndexUnavailableError";
  readonly fault: IndexFault | undefined;

  constructor(message: string, why: { cause: unknown } | { fault: IndexFault }) {
    super(message, "cause" in why ? why : undefined);
    this.fault = "fault" in why ? why.fault : undefined;
  }
}

/** By name, not `instanceof`: the server entry and Next each load their own copy of this module. */
export function isIndexUnavailable(error: unknown): boolean {
  return error instanceof Error && error.name === "IndexUnavailableError";
}
