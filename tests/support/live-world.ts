/**
 * Live delivery on a store of the test's own, by a clock of the test's own: real hub, boards and views, and below them
 * one board that answers as late as the test likes, from any moment between question and answer.
 */
import { type Board, createBoardInput } from "@/lib/domain/board";
import { compareStandings, rankInOrder, type Standing } from "@/lib/domain/ranking";
import { type Position, positionId, streamWindow } from "@/lib/domain/snapshot";
import { encodeEntry } from "@/lib/domain/wire";
import { Hub, type HubOptions } from "@/lib/live/hub";
import { LiveBoards } from "@/lib/live/live-boards";
import type { ReadPage } from "@/lib/live/view";
import { Views } from "@/lib/live/views";
import { FakeSink } from "./fake-sink";
import { silentLog } from "./silent-log";
import { StreamView } from "./stream-view";

export interface WorldOptions {
  /** How long the next question is on its way, and then its answer, in milliseconds. */
  delay?: () => number;
  hub?: HubOptions;
}

/** The state all instances share: what the rank index and Postgres are to the real one. */
export class World {
  board: Board = { ...createBoardInput.parse({ id: "b", name: "A board", delivery: "sse" }), uid: 1, revision: 1 };
  epoch = "e1";
  version = 1;
  /** The newest settings the index has been told of. */
  revisionHeard = 1;
  seq = 0;
  /** Players besides those who are told of, all behind them. */
  crowd = 0;
  indexAway = false;
  /** The index is lost, and takes longer to build than anyone waits. */
  rebuilding = false;
  postgresAway = false;
  exists = true;
  /** A board that does not exist has an index all the same. */
  orphaned = false;
  /** How long it takes to compare the index with Postgres. */
  auditMs = 0;
  connectionsLost = 0;
  questions = 0;
  /** The index has lost what it had told of, and nobody has noticed. */
  wentBack = false;
  audits = 0;
  readonly standings = new Map<string, Standing>();
  readonly instances: Instance[] = [];
  readonly delay: () => number;

  constructor({ delay = () => 0 }: WorldOptions = {}) {
    this.delay = delay;
  }

  instance(options: HubOptions = {}): Instance {
    const instance = new Instance(this, options);
    this.instances.push(instance);
    return instance;
  }

  /** Answers with what is so at some moment after the question and before the answer. */
  async ask<T>(answer: () => T): Promise<T> {
    this.questions++;
    await pause(this.delay());
    const settled = attempt(answer);
    await pause(this.delay());
    return settled();
  }

  /** A score; gives the position it led to. */
  post(player: string, score: number, name = player): Position {
    this.seq++;
    this.standings.set(player, { player, name, values: [score], reached: this.seq });
    if (!this.isServedByPostgres) this.version++;
    return this.position;
  }

  /** New settings, as an organizer makes them. */
  change(settings: Partial<Board>): Position & { revision: number } {
    this.changeUnheard(settings);
    if (!this.isServedByPostgres) this.swept();
    return { ...this.position, revision: this.board.revision };
  }

  /** The same, while the index could not be told. */
  changeUnheard(settings: Partial<Board>): void {
    this.board = { ...this.board, ...settings, revision: this.board.revision + 1 };
  }

  /** Redis comes back with an older dump. */
  goBack(version: number): void {
    this.version = version;
    this.wentBack = true;
  }

  audit(): void {
    this.audits++;
    if (this.wentBack) this.rebuilt();
  }

  /** The index is lost, and built anew by whoever asks first. */
  rebuilt(): Position {
    this.epoch = `e${Number(this.epoch.slice(1)) + 1}`;
    this.version = 1;
    this.wentBack = false;
    this.revisionHeard = this.board.revision;
    return this.position;
  }

  /** What Redis did not hear while it was away has been brought to it. */
  swept(): Position {
    this.version++;
    this.revisionHeard = this.board.revision;
    return this.position;
  }

  get position(): Position {
    return { epoch: this.epoch, version: this.version };
  }

  get isServedByPostgres(): boolean {
    return this.indexAway || this.rebuilding;
  }

  get total(): number {
    return this.crowd + this.standings.size;
  }

  page(offset: number, limit: number): ReadPage {
    const ordered = [...this.standings.values()].sort(compareStandings(this.board));
    const entries = rankInOrder(this.board.rankStyle, ordered).slice(offset, offset + limit);
    const { board, total, isServedByPostgres: stale } = this;
    const position = stale ? { epoch: "pg", version: this.seq } : this.position;
    const revision = stale ? board.revision : this.revisionHeard;
    return { ...position, board, revision, total, entries, stale };
  }
}

/** One process of several on the same stores. */
export class Instance {
  readonly world: World;
  readonly boards: LiveBoards;
  readonly views: Views;
  readonly hub: Hub;
  readonly storageErrors = silentLog().storageErrors;
  /** Consequences of failures to read the board's position. */
  readonly failedPositions: string[] = [];
  /** Of watched players: how many there were, are under way, and were so at most. */
  readonly standingReads = { total: 0, now: 0, most: 0 };

  constructor(world: World, options: HubOptions) {
    this.world = world;
    const { storageErrors } = this;
    this.boards = new LiveBoards({
      find: () => world.ask(() => this.#find()),
      states: () => world.ask(() => this.#states()),
      rebuild: (_uid, patience) => this.#rebuild(patience),
      wentBack: () => world.ask(() => world.rebuilt()),
      audit: async () => {
        const { connectionsLost } = world;
        await pause(world.auditMs);
        if (world.postgresAway) throw new Error("Postgres away");
        if (world.exists) this.boards.noteVerified([world.board.uid], connectionsLost);
        else this.boards.note(world.board.uid, null);
      },
      shardOf: () => "",
      connectionsLost: () => world.connectionsLost,
      isBehind: () => false,
      failed: (_board, _error, consequence) => void this.failedPositions.push(consequence),
      isIndexAway: (error) => error instanceof Error && error.message === "index away",
      postgresEpoch: "pg",
    });
    this.views = new Views(
      this.boards,
      (_live, { offset, limit }) => world.ask(() => this.#page(offset, limit)),
      storageErrors,
    );
    this.hub = new Hub(
      this.boards,
      {
        storageErrors,
        read: (id) => this.views.read(id, { offset: 0, limit: streamWindow }),
        readStanding: (_board, player) => this.#readStanding(player),
        audit: (uid) => world.ask(() => world.audit()).finally(() => this.boards.expire(uid)),
      },
      options,
    );
  }

  /** The change feed's message, or the news of this instance's own write. */
  hears(position: (Position & { revision?: number }) | null): void {
    this.boards.note(this.world.board.uid, position);
    this.hub.changed(this.world.board.uid);
  }

  /** A viewer joins; a returning one says what it has. */
  watch(options: { player?: string; sink?: FakeSink; returning?: StreamView; address?: string } = {}): FakeSink {
    const { returning, player = null, address = null } = options;
    const since = returning?.snapshot ? returning.position : null;
    const sink = options.sink ?? new FakeSink(new StreamView(returning?.snapshot ?? null));
    void this.hub.open("b", sink, { player, since, address });
    return sink;
  }

  async #readStanding(player: string): Promise<string | null> {
    this.standingReads.total++;
    this.standingReads.now++;
    this.standingReads.most = Math.max(this.standingReads.most, this.standingReads.now);
    return this.world.ask(() => this.#standing(player)).finally(() => this.standingReads.now--);
  }

  #find() {
    if (this.world.postgresAway) throw new Error("Postgres away");
    return this.world.exists ? { ...this.world.board, seq: this.world.seq } : null;
  }

  #states() {
    const { board, indexAway, rebuilding, exists, orphaned, position, revisionHeard: revision, total } = this.world;
    if (indexAway) throw new Error("index away");
    return new Map(
      (exists || orphaned) && !rebuilding ? [[board.uid, { ...position, revision, total, through: 0 }]] : [],
    );
  }

  async #rebuild(patience: "some" | "none"): Promise<void> {
    if (!this.world.rebuilding) return;
    await pause(patience === "some" ? 500 : 0);
    throw new Error("index away");
  }

  #page(offset: number, limit: number): ReadPage {
    if (this.world.indexAway && this.world.postgresAway) throw new Error("Postgres away");
    return this.world.page(offset, limit);
  }

  #standing(player: string): string | null {
    const { entries, total } = this.world.page(0, Number.MAX_SAFE_INTEGER);
    const entry = entries.find((one) => one.player === player);
    return entry ? `{"entry":${encodeEntry(entry, 0)},"total":${total}}` : null;
  }
}

/** What a viewer who missed nothing shows. */
export function shown(world: World): { at: string; entries: string[] } {
  const { entries, epoch, version } = world.page(0, streamWindow);
  return { at: positionId({ epoch, version }), entries: entries.map((one) => `${one.rank} ${one.player} ${one.name}`) };
}

export function shownBy({ view }: FakeSink): { at: string; entries: string[] } {
  const entries = view.snapshot?.entries ?? [];
  return { at: positionId(view.position), entries: entries.map((one) => `${one.rank} ${one.player} ${one.name}`) };
}

function pause(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

function attempt<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
