import { withDeadline } from "@/db/client";
import {
  deleteOldItems,
  deleteOldMarks,
  deleteOldReplies,
  deleteOldWatches,
  eraseDeletedBoards,
} from "@/db/queries/clean-up";
import { eachShard } from "@/lib/rank-index/each-shard";
import type { StorageComponent } from "@/lib/storage-errors";
import { auditIndexes } from "./audit-indexes";
import type { Context } from "./context";
import { sweepOutbox } from "./sweep-outbox";

const sweepEveryMs = 2_000;
const auditEveryMs = 4_000;
const eraseEveryMs = 5_000;
const cleanEveryMs = 600_000;
/** A whole transaction of it. */
const eraseDeadlineMs = 30_000;

interface Duty {
  component: StorageComponent;
  everyMs: number;
  work(): Promise<unknown>;
  /** Of a failure. */
  consequence: string;
}

/**
 * Sweeps the outbox, audits the indexes of boards in use or behind, and cleans up, for as long as the process lives. A duty that
 * fails or takes long delays no other.
 */
export class Sweeper {
  readonly #context: Context;
  readonly #timers = new Map<Duty, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  /** @param inUse gives the uids of boards that somebody has asked this instance for lately. */
  constructor(context: Context, inUse: () => number[]) {
    this.#context = context;
    const { sql } = context.database;
    const clean = { component: "clean-up", everyMs: cleanEveryMs } as const;
    const inbox = { ...clean, consequence: "expired inbox rows not deleted; retried in 10 minutes" };
    const duties: Duty[] = [
      {
        ...{ component: "outbox sweep", everyMs: sweepEveryMs, work: () => this.#whole(() => this.#sweep()) },
        consequence: "stored scores not brought to the rank index; retried within seconds",
      },
      {
        ...{
          component: "index audit",
          everyMs: auditEveryMs,
          work: () => auditShards(context, [...new Set([...inUse(), ...context.lag.uids()])]),
        },
        consequence: "rank indexes not compared with Postgres; retried within seconds",
      },
      {
        ...{ component: "clean-up", everyMs: eraseEveryMs },
        work: () => this.#whole(() => withDeadline(eraseDeletedBoards(sql), eraseDeadlineMs)),
        consequence: "rows of deleted boards not erased; retried within seconds",
      },
      {
        ...{ ...clean, work: () => this.#whole(() => withDeadline(deleteOldReplies(sql))) },
        consequence: "expired replies not deleted; retried in 10 minutes",
      },
      { ...inbox, work: () => this.#whole(() => withDeadline(deleteOldItems(sql))) },
      { ...inbox, work: () => this.#whole(() => withDeadline(deleteOldWatches(sql))) },
      { ...inbox, work: () => this.#whole(() => withDeadline(deleteOldMarks(sql))) },
    ];
    for (const duty of duties) this.#schedule(duty);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #schedule(duty: Duty): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      const work = this.#do(duty).finally(() => {
        this.#running.delete(work);
        this.#schedule(duty);
      });
      this.#running.add(work);
    }, duty.everyMs);
    this.#timers.set(duty, timer.unref());
  }

  async #do({ component, work, consequence }: Duty): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#context.storageErrors.report({ component, error, consequence });
    }
  }

  async #sweep(): Promise<boolean> {
    const swept = await sweepOutbox(this.#context);
    if (swept.cleared > 0)
      this.#context.logger.info({ rows: swept.cleared }, "sweep brought changes to the rank index");
    return swept.more;
  }

  /** Batch after batch, while there is more. */
  async #whole(batch: () => Promise<boolean>): Promise<void> {
    while (!this.#closed && (await batch()));
  }
}

function auditShards(context: Context, uids: readonly number[]): Promise<void> {
  return eachShard(context.index, uids, async (shard) => void (await auditIndexes(context, shard)));
}
