import { setTimeout } from "node:timers/promises";
import { type Database, withDeadline } from "@/db/client";
import { findBoardByUid } from "@/db/queries/boards";
import { readChanges } from "@/db/queries/outbox";
import { allStandings } from "@/db/queries/standings";
import type { Board } from "@/lib/domain/board";
import { RungsError } from "@/lib/domain/errors";
import { type IndexSource, IndexUnavailableError } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";

const waitMaxMs = 500;
const tellEveryMs = 2_000;
const waitForOtherMs = 200;
const waitForOtherMaxMs = 60_000;

/**
 * Builds a board's rank index from Postgres; concurrent calls for one board share the work. What changes meanwhile is
 * carried over by the index, or comes by whoever changed it, who finds no index and asks for this too. A large board
 * takes longer than anyone should wait: from `waitMaxMs` after the start the work goes on and callers do without the
 * index; with no patience they do at once.
 * @returns the board as it is now. Throws `board-not-found`, or IndexUnavailableError.
 */
export async function rebuildIndex(context: Context, uid: number, patience: "some" | "none" = "some"): Promise<Board> {
  const { work, startedAt } = rebuildOnce(context, uid);
  const waitMs = patience === "none" ? 0 : Math.max(0, startedAt + waitMaxMs - performance.now());
  const waited = new AbortController();
  const late = setTimeout(waitMs, null, { signal: waited.signal, ref: false }).catch(() => null);
  const board = await Promise.race([work, late]).finally(() => waited.abort());
  if (!board) throw new IndexUnavailableError(`the rank index of board ${uid} is still being rebuilt`);
  return board;
}

interface Rebuild {
  work: Promise<Board>;
  startedAt: number;
}

function rebuildOnce(context: Context, uid: number): Rebuild {
  const running = inFlight(context);
  const present = running.get(uid);
  if (present) return present;
  const work = rebuild(context, uid).finally(() => running.delete(uid));
  // Whoever still waits hears of a failure; when nobody does, the next one to ask tries again.
  work.catch((error) => context.logger.debug({ err: error, uid }, "rank index was not rebuilt"));
  const started = { work, startedAt: performance.now() };
  running.set(uid, started);
  return started;
}

async function rebuild(context: Context, uid: number): Promise<Board> {
  const { database, index, logger } = context;
  const deadline = performance.now() + waitForOtherMaxMs;
  while (performance.now() < deadline) {
    const board = await withDeadline(findBoardByUid(database.db, uid));
    if (!board) {
      await index.drop(uid);
      throw new RungsError("board-not-found", "The board was deleted.");
    }
    // Whoever asked may have looked just before somebody else finished.
    if (await index.page(board, 0, 1)) return board;
    const startedAt = performance.now();
    const progress = new Progress(context, board.id);
    const state = await index.rebuild(board, sourceOf(database, board, progress)).finally(() => progress.end());
    if (state) {
      logger.info(
        { board: board.id, total: state.total, ms: Math.round(performance.now() - startedAt) },
        "rank index rebuilt",
      );
      context.metrics.rebuilds.inc();
      context.onIndexChanged(uid, state);
      return board;
    }
    await setTimeout(waitForOtherMs * (0.5 + Math.random()));
  }
  throw new IndexUnavailableError(`another instance did not finish rebuilding board ${uid}`);
}

/** Tells log and metrics how far a rebuild has come. */
class Progress {
  readonly #context: Context;
  readonly #boardId: string;
  #copied = 0;
  #toldAt = performance.now();

  constructor(context: Context, boardId: string) {
    this.#context = context;
    this.#boardId = boardId;
  }

  async *follow<T>(batches: AsyncIterable<readonly T[]>): AsyncIterable<readonly T[]> {
    for await (const batch of batches) {
      yield batch;
      this.#copied += batch.length;
      this.#context.metrics.rebuilding.inc(batch.length);
      if (performance.now() - this.#toldAt < tellEveryMs) continue;
      this.#toldAt = performance.now();
      this.#context.logger.info({ board: this.#boardId, players: this.#copied }, "rank index is being rebuilt");
    }
  }

  end(): void {
    this.#context.metrics.rebuilding.dec(this.#copied);
  }
}

function sourceOf(database: Database, board: Board, progress: Progress): IndexSource {
  return {
    lastChange: async () =>
      (await withDeadline(readChanges(database.sql, [board.uid]))).get(board.uid)?.lastChange ?? 0,
    standings: () => progress.follow(allStandings(database, board)),
  };
}

const running = new WeakMap<Context, Map<number, Rebuild>>();

function inFlight(context: Context): Map<number, Rebuild> {
  const present = running.get(context) ?? new Map<number, Rebuild>();
  running.set(context, present);
  return present;
}
