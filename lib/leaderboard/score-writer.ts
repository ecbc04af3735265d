/**
 * Group commit. Submissions to a board that arrive while its previous transaction is under way share the next one, so
 * a busy board costs one commit for many posts and a lone post waits for no timer. The index follows each commit while
 * the next is being made.
 */
import { LRUCache } from "lru-cache";
import { DatabaseDeadlineError } from "@/db/bounded-sql";
import { withDeadline } from "@/db/client";
import type { CompletedReply } from "@/db/queries/outbox";
import type { Board } from "@/lib/domain/board";
import { isRungsError, RungsError } from "@/lib/domain/errors";
import { encodeSubmitReply } from "@/lib/domain/wire";
import { bytesMaxOf } from "@/lib/memory-bounds";
import type { AppliedChanges } from "@/lib/rank-index/rank-index";
import { BoardChangedError, type Committed, commitScores } from "./commit-scores";
import type { Context } from "./context";
import { followIndex } from "./follow-index";
import type { Outcome, Submission } from "./ledger";
import type { OutboxSettler } from "./outbox-settler";

/** A submission's reply, or why there is none. */
export type Written = { reply: string; replayed: boolean } | Exclude<Outcome, { kind: "stored" | "replayed" }>;

interface Waiting {
  /** As the items were read by it. */
  board: Board;
  submission: Submission;
  resolve(written: Written): void;
  reject(error: unknown): void;
}

const groupItemsMax = 1_000;
/** An item with its outcome, with the longest id and name. */
const itemBytesMax = 1_280;
const queuedItemsMax = Math.floor(bytesMaxOf("queuedScores") / itemBytesMax);
const commitDeadlineMs = 8_000;
const contendedMs = 1_000;
const contendedMax = 1_000;

export class ScoreWriter {
  readonly #context: Context;
  readonly #settler: OutboxSettler;
  readonly #queues = new Map<number, Waiting[]>();
  /** Boards to which other instances write too. */
  readonly #contended = new LRUCache<number, true>({ max: contendedMax, ttl: contendedMs });
  readonly #working = new Set<Promise<void>>();
  #queuedItems = 0;

  constructor(context: Context, settler: OutboxSettler) {
    this.#context = context;
    this.#settler = settler;
  }

  /** Resolves once Postgres has committed and the index has followed or failed to. Throws BoardChangedError. */
  write(board: Board, submission: Submission): Promise<Written> {
    if (this.#queuedItems + submission.items.length > queuedItemsMax) {
      throw new RungsError("unavailable", "Too many scores are waiting to be written.", { retryAfter: 1 });
    }
    this.#queuedItems += submission.items.length;
    return new Promise((resolve, reject) => {
      const waiting = { board, submission, resolve, reject };
      const queue = this.#queues.get(board.uid);
      if (queue) {
        queue.push(waiting);
        return;
      }
      const started = [waiting];
      this.#queues.set(board.uid, started);
      this.#track(this.#drain(board.uid, started));
    });
  }

  /** Resolves when everything accepted so far has been written and answered. */
  async close(): Promise<void> {
    while (this.#working.size > 0) await Promise.allSettled(this.#working);
  }

  async #drain(uid: number, queue: Waiting[]): Promise<void> {
    for (let group = takeGroup(queue); group[0]; group = takeGroup(queue)) {
      const { board } = group[0];
      const startedAt = performance.now();
      try {
        const submissions = group.map(({ submission }) => submission);
        const committing = commitScores(this.#context.database, board, submissions, this.#contended.has(uid));
        const committed = await withDeadline(committing, commitDeadlineMs);
        this.#context.metrics.commitSeconds.observe((performance.now() - startedAt) / 1_000);
        this.#context.metrics.commitPosts.observe(group.length);
        if (committed.lost) this.#contended.set(uid, true);
        const answering = this.#answer(board, committed, group);
        this.#track(answering.catch((error: unknown) => this.#rejectStored(board, group, error)));
      } catch (error) {
        const reason = this.#reason(board, error);
        for (const { reject } of group) reject(reason);
      } finally {
        for (const { submission } of group) this.#queuedItems -= submission.items.length;
      }
    }
    this.#queues.delete(uid);
  }

  async #answer(board: Board, committed: Committed, group: readonly Waiting[]): Promise<void> {
    this.#count(committed);
    const applied = await this.#follow(board, committed);
    const completed: CompletedReply[] = [];
    const written = committed.outcomes.map((outcome): Written => {
      if (outcome.kind === "replayed") return { reply: outcome.reply, replayed: true };
      if (outcome.kind !== "stored") return outcome;
      const results = outcome.results.map((result) => {
        const move = result.player === null ? undefined : applied?.moves.get(result.player);
        return result.status === "rejected"
          ? result
          : { ...result, rank: move?.after ?? null, previousRank: move?.before ?? null };
      });
      const reply = encodeSubmitReply(board, applied, results);
      if (outcome.idempotency && applied) completed.push({ ...outcome.idempotency, boardUid: board.uid, reply });
      return { reply, replayed: false };
    });
    if (applied) await this.#settler.settle(committed.outboxId, completed);
    for (const [i, waiting] of group.entries()) {
      const one = written[i];
      if (one) waiting.resolve(one);
    }
  }

  #count({ outcomes }: Committed): void {
    const counts = { applied: 0, unchanged: 0, renamed: 0, rejected: 0 };
    for (const outcome of outcomes) {
      if (!("results" in outcome)) continue;
      for (const { status } of outcome.results) counts[status]++;
    }
    for (const [status, count] of Object.entries(counts)) {
      if (count > 0) this.#context.metrics.scores.inc({ status }, count);
    }
  }

  #rejectStored(board: Board, group: readonly Waiting[], error: unknown): void {
    const consequence = "scores stored, but answered with 503";
    this.#context.storageErrors.report({ component: "score writer", board: board.id, error, consequence });
    const detail =
      "The scores were stored, but not answered. A repetition with the same Idempotency-Key gets the reply.";
    for (const { reject } of group) reject(new RungsError("unavailable", detail, { retryAfter: 1 }));
  }

  /** Null when the index could not be reached: the outbox keeps the change, and the replies say null for ranks. */
  async #follow(board: Board, { changed, step, outcomes }: Committed): Promise<AppliedChanges | null> {
    const stored = outcomes.flatMap((outcome) => (outcome.kind === "stored" ? outcome.results : []));
    if (stored.length === 0) return null;
    const players = new Set(stored.flatMap(({ player, status }) => (status === "rejected" ? [] : (player ?? []))));
    try {
      return await followIndex(this.#context, board, changed, [...players], step ? [step] : []);
    } catch (error) {
      const consequence =
        "scores stored but not in the rank index yet, ranks in replies are null; the outbox sweep retries";
      this.#context.storageErrors.report({ component: "score writer", board: board.id, error, consequence });
      return null;
    }
  }

  #reason(board: Board, error: unknown): unknown {
    if (isRungsError(error) || error instanceof BoardChangedError) return error;
    const consequence = "scores not committed, answered with 503";
    this.#context.storageErrors.report({ component: "score writer", board: board.id, error, consequence });
    const detail =
      error instanceof DatabaseDeadlineError
        ? "The database did not answer in time; the scores may or may not have been stored. Repeat with the same Idempotency-Key."
        : "The database could not store the scores.";
    return new RungsError("unavailable", detail, { retryAfter: 1 });
  }

  #track(work: Promise<void>): void {
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }
}

/** The first submissions in line that were read by the same settings, as many as fit, and always at least one. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  let items = 0;
  let count = 0;
  for (const { board, submission } of waiting) {
    items += submission.items.length;
    if (count > 0 && (items > groupItemsMax || board.revision !== waiting[0]?.board.revision)) break;
    count++;
  }
  return waiting.splice(0, count);
}
