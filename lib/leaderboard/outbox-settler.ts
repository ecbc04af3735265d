import { withDeadline } from "@/db/client";
import { type CompletedReply, settleOutbox } from "@/db/queries/outbox";
import type { Context } from "./context";

interface Batch {
  ids: number[];
  replies: CompletedReply[];
  done: Promise<void>;
}

/** Clears outbox rows the index has heard, many in one transaction while the previous one is under way. */
export class OutboxSettler {
  readonly #context: Pick<Context, "database" | "storageErrors">;
  #running: Promise<void> = Promise.resolve();
  #next: Batch | null = null;

  constructor(context: Pick<Context, "database" | "storageErrors">) {
    this.#context = context;
  }

  /** Resolves when the completed replies are stored; at once when there are none. Never rejects: the sweep repairs. */
  async settle(outboxId: number | null, replies: readonly CompletedReply[]): Promise<void> {
    if (outboxId === null && replies.length === 0) return;
    const batch = this.#batch();
    if (outboxId !== null) batch.ids.push(outboxId);
    batch.replies.push(...replies);
    if (replies.length > 0) await batch.done;
  }

  /** Resolves when nothing is left to clear. */
  async close(): Promise<void> {
    await (this.#next?.done ?? this.#running);
  }

  #batch(): Batch {
    if (this.#next) return this.#next;
    const batch: Batch = { ids: [], replies: [], done: Promise.resolve() };
    batch.done = this.#running.then(() => this.#write(batch));
    this.#running = batch.done;
    this.#next = batch;
    return batch;
  }

  async #write(batch: Batch): Promise<void> {
    this.#next = null;
    try {
      await withDeadline(settleOutbox(this.#context.database.sql, batch.ids, batch.replies));
    } catch (error) {
      const consequence = "outbox rows not deleted and replies stored without ranks; the outbox sweep retries";
      this.#context.storageErrors.report({ component: "outbox settler", error, consequence });
    }
  }
}
