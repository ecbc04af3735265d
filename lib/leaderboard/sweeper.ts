import { withDeadline } from "@/db/client";
import { cleanInbox } from "@/db/queries/inbox";
import { deleteOldReplies } from "@/db/queries/outbox";
import { auditIndexes } from "./audit-indexes";
import type { Context } from "./context";
import { sweepOutbox } from "./sweep-outbox";

const everyMs = 2_000;
const auditEveryMs = 4_000;
const cleanEveryMs = 600_000;

/** Sweeps the outbox and audits the indexes of boards in use, for as long as the process lives. */
export class Sweeper {
  readonly #context: Context;
  readonly #inUse: () => number[];
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #cleanedAt = performance.now();
  #auditedAt = performance.now();
  #closed = false;

  /** @param inUse gives the uids of boards that somebody has asked this instance for lately. */
  constructor(context: Context, inUse: () => number[]) {
    this.#context = context;
    this.#inUse = inUse;
    this.#schedule();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#sweep().finally(() => this.#schedule());
    }, everyMs);
    this.#timer.unref();
  }

  async #sweep(): Promise<void> {
    const { database, logger } = this.#context;
    try {
      let cleared = 0;
      do {
        cleared = await sweepOutbox(this.#context);
        if (cleared > 0) logger.info({ rows: cleared }, "sweep brought changes to the rank index");
      } while (cleared > 0 && !this.#closed);
      if (performance.now() - this.#auditedAt >= auditEveryMs) {
        this.#auditedAt = performance.now();
        await auditIndexes(this.#context, this.#inUse());
      }
      if (performance.now() - this.#cleanedAt > cleanEveryMs) {
        this.#cleanedAt = performance.now();
        await withDeadline(deleteOldReplies(database.db));
        await withDeadline(cleanInbox(database.db));
      }
    } catch (error) {
      logger.warn({ err: error }, "sweep failed; it will be tried again");
    }
  }
}
