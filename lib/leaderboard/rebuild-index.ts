import { setTimeout } from "node:timers/promises";
import { withDeadline } from "@/db/client";
import { findBoardByUid } from "@/db/queries/boards";
import { correctLogSummary, countLog, readLogs } from "@/db/queries/outbox";
import type { StoredStanding } from "@/db/queries/scores";
import { allStandings } from "@/db/queries/standings";
import type { Board } from "@/lib/domain/board";
import { type LogSummary, movedSeqSum } from "@/lib/domain/board-log";
import { RungsError } from "@/lib/domain/errors";
import { type IndexSource, IndexUnavailableError } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";

const waitMaxMs = 500;
const logEveryMs = 2_000;
const countDeadlineMs = 30_000;
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
  if (board) return board;
  throw new IndexUnavailableError(`the rank index of board ${uid} is still being rebuilt`, { fault: "pending" });
}

/** The failure of a read that finds no index after a rebuild. */
export function indexVanished({ uid }: Board): IndexUnavailableError {
  return new IndexUnavailableError(`the rank index of board ${uid} vanished after it was rebuilt`, { fault: "lost" });
}

interface Rebuild {
  work: Promise<Board>;
  startedAt: number;
}

function rebuildOnce(context: Context, uid: number): Rebuild {
  const running = inFlight(context);
  const present = running.get(uid);
  if (present) return present;
  context.metrics.rebuildsRunning.inc();
  const work = rebuild(context, uid).finally(() => {
    context.metrics.rebuildsRunning.dec();
    running.delete(uid);
  });
  work.catch((error: unknown) => {
    const consequence = "rank index not rebuilt, board served as stale; the next reader starts another rebuild";
    context.storageErrors.report({ component: "index rebuild", board: uid, error, consequence });
  });
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
    const copying = new Copying(context, board);
    const state = await index
      .rebuild(board, copying)
      .catch((error: unknown) => correctSummary(context, board, error))
      .finally(() => copying.end());
    if (state) {
      logger.info(
        { board: board.id, total: state.total, ms: Math.round(performance.now() - startedAt) },
        "rank index rebuilt",
      );
      context.metrics.rebuilds.inc();
      context.metrics.rebuildSeconds.observe((performance.now() - startedAt) / 1_000);
      context.onIndexChanged(uid, state);
      return board;
    }
    await setTimeout(waitForOtherMs * (0.5 + Math.random()));
  }
  throw new IndexUnavailableError(`another instance did not finish rebuilding board ${uid}`, { fault: "timeout" });
}

/** What was read of a board is not what its summary says, though nothing changed meanwhile. */
class IncompleteCopyError extends Error {
  override readonly name = "IncompleteCopyError";
}

/** The standings of a board for a rebuild. Compares them with the board's log before the copy can be swapped in. */
class Copying implements IndexSource {
  readonly #context: Context;
  readonly #board: Board;
  #copied = 0;
  #seqSum = 0;
  #loggedAt = performance.now();
  #start: LogSummary | undefined;

  constructor(context: Context, board: Board) {
    this.#context = context;
    this.#board = board;
  }

  async log(): Promise<LogSummary> {
    this.#start = await this.#readLog();
    return this.#start;
  }

  async *standings(): AsyncIterable<readonly StoredStanding[]> {
    for await (const batch of allStandings(this.#context.database, this.#board)) {
      yield batch;
      for (const { seq } of batch) this.#seqSum = movedSeqSum(this.#seqSum, seq);
      this.#copied += batch.length;
      this.#context.metrics.rebuilding.inc(batch.length);
      this.#logProgress();
    }
    const { digest, players, seqSum } = await this.#readLog();
    const rests = digest === this.#start?.digest;
    if (rests && (players !== this.#copied || seqSum !== this.#seqSum)) {
      throw new IncompleteCopyError(`copied ${this.#copied} players of board ${this.#board.id}, which has ${players}`);
    }
  }

  end(): void {
    this.#context.metrics.rebuilding.dec(this.#copied);
  }

  async #readLog(): Promise<LogSummary> {
    const { uid } = this.#board;
    const log = (await withDeadline(readLogs(this.#context.database.sql, [uid]))).get(uid);
    if (!log) throw new RungsError("board-not-found", "The board was deleted.");
    return log;
  }

  #logProgress(): void {
    if (performance.now() - this.#loggedAt < logEveryMs) return;
    this.#loggedAt = performance.now();
    this.#context.logger.info({ board: this.#board.id, players: this.#copied }, "rank index is being rebuilt");
  }
}

/** After changes by hand, or by a release that did not keep the summary, a count of the standings puts it right. */
async function correctSummary(context: Context, { uid, id }: Board, error: unknown): Promise<null> {
  if (!(error instanceof IncompleteCopyError)) throw error;
  const { database, logger } = context;
  const counted = await withDeadline(countLog(database.sql, uid), countDeadlineMs);
  logger.error(
    { component: "index rebuild", board: id, err: error, counted },
    "copy differs from the board's summary; counted again, rebuild repeated",
  );
  if (counted) await withDeadline(correctLogSummary(database.sql, uid, counted));
  return null;
}

const running = new WeakMap<Context, Map<number, Rebuild>>();

function inFlight(context: Context): Map<number, Rebuild> {
  const present = running.get(context) ?? new Map<number, Rebuild>();
  running.set(context, present);
  return present;
}
