/**
 * Keeps the inboxes of watched players, on every instance: a board is judged soon after a change is heard of, and every
 * few seconds whatever has moved without a word. Which instance judges does not matter; one at a time does.
 */
import { withDeadline } from "@/db/client";
import { watchedBoards } from "@/db/queries/watched-players";
import type { Context } from "@/lib/leaderboard/context";
import { eachShard } from "@/lib/rank-index/each-shard";
import { type Judgement, judgeBoard } from "./judge-board";

export interface KeeperOptions {
  /** From a change to the look at it; changes meanwhile share the look. */
  coalesceMs?: number;
  backstopMs?: number;
}

type Tell = (uid: number, newest: ReadonlyMap<string, number>) => void;

/** A look that takes long is followed by a pause this many times as long. */
const pauseFactor = 4;
const judgementsAtOnceMax = 2;

export class InboxKeeper {
  readonly #context: Context;
  readonly #tell: Tell;
  readonly #coalesceMs: number;
  readonly #backstopMs: number;
  readonly #due = new Map<number, NodeJS.Timeout>();
  readonly #waiting = new Set<number>();
  readonly #working = new Map<number, Promise<void>>();
  /** Boards to judge again, since they changed while they were judged. */
  readonly #again = new Set<number>();
  #watched: ReadonlySet<number> = new Set();
  #backstop: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #closed = false;

  /** @param tell hears of new items once they are committed. */
  constructor(context: Context, tell: Tell, options: KeeperOptions = {}) {
    this.#context = context;
    this.#tell = tell;
    this.#coalesceMs = options.coalesceMs ?? 1_000;
    this.#backstopMs = options.backstopMs ?? 5_000;
    this.#schedule();
  }

  /** Hears that a board changed. */
  changed(uid: number): void {
    if (this.#watched.has(uid)) this.#dueIn(uid, this.#coalesceMs);
  }

  /** Looks for boards that moved past what was judged; finds what the change feed lost, and boards newly watched. */
  compareAll(): Promise<void> {
    this.#looking ??= this.#compareAll().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#backstop) clearTimeout(this.#backstop);
    for (const timer of this.#due.values()) clearTimeout(timer);
    this.#waiting.clear();
    await Promise.allSettled([this.#looking, ...this.#working.values()]);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#backstop = setTimeout(
      () => void this.compareAll().finally(() => this.#schedule()),
      this.#backstopMs * (0.8 + Math.random() * 0.2),
    );
    this.#backstop.unref();
  }

  async #compareAll(): Promise<void> {
    const { database, index, storageErrors } = this.#context;
    try {
      const boards = await withDeadline(watchedBoards(database.sql));
      this.#watched = new Set(boards.map(({ uid }) => uid));
      const judgedOf = new Map(boards.map(({ uid, judged }) => [uid, judged]));
      await eachShard(index, [...this.#watched], async (uids) => {
        for (const [uid, { epoch, version }] of await index.states(uids)) {
          const judged = judgedOf.get(uid);
          if (epoch !== judged?.epoch || version !== judged.version) this.#dueIn(uid, 0);
        }
      });
    } catch (error) {
      const consequence = "boards with watched players not compared; retried within seconds";
      storageErrors.report({ component: "inbox worker", error, consequence });
    }
  }

  #dueIn(uid: number, ms: number): void {
    if (this.#closed) return;
    if (this.#working.has(uid)) this.#again.add(uid);
    else if (!this.#due.has(uid)) this.#due.set(uid, this.#timer(uid, ms));
  }

  #timer(uid: number, ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#due.delete(uid);
      this.#waiting.add(uid);
      this.#work();
    }, ms).unref();
  }

  #work(): void {
    for (const uid of this.#waiting) {
      if (this.#closed || this.#working.size >= judgementsAtOnceMax) return;
      this.#waiting.delete(uid);
      const startedAt = performance.now();
      const work = this.#judge(uid).then((kind) => {
        this.#working.delete(uid);
        const again = this.#again.delete(uid) || kind === "busy";
        if (again) this.#dueIn(uid, Math.max(this.#coalesceMs, pauseFactor * (performance.now() - startedAt)));
        this.#work();
      });
      this.#working.set(uid, work);
    }
  }

  async #judge(uid: number): Promise<Judgement["kind"]> {
    try {
      const judgement = await judgeBoard(this.#context, uid);
      if (judgement.kind === "judged" && judgement.newest.size > 0) this.#tell(uid, judgement.newest);
      return judgement.kind;
    } catch (error) {
      const consequence = "inboxes of the board not brought up to date; retried within seconds";
      this.#context.storageErrors.report({ component: "inbox worker", board: uid, error, consequence });
      return "unseen";
    }
  }
}
