/**
 * When the index of a board was last compared with Postgres. Nobody is shown one that was not compared lately, as long as
 * Postgres answers.
 */
import { setTimeout } from "node:timers/promises";
import { LRUCache } from "lru-cache";

export interface VerifierSource {
  /** Compares the boards' indexes with Postgres, and deletes an index that differs. Rejects when either is away. */
  audit(uids: readonly number[]): Promise<unknown>;
  /** Names the server that has the board's index. */
  shardOf(uid: number): string;
  /** Grows whenever a connection to Postgres ends; afterwards Postgres may be another server, with other data. */
  connectionsLost(): number;
}

const boardsMax = 20_000;
/** The audit compares boards in use more often than this; others are compared before they are read. */
const verifiedForMs = 6_000;
/** While Postgres does not answer, reads go on from the index as it was last verified. */
const waitMaxMs = 300;

export class IndexVerifier {
  readonly #source: VerifierSource;
  readonly #verified = new LRUCache<number, { at: number; connectionsLost: number }>({ max: boardsMax });
  /** By uid: the audits under way. */
  readonly #audits = new Map<number, Promise<unknown>>();
  /** By shard. */
  readonly #batches = new Map<string, { uids: Set<number>; audit: Promise<unknown> }>();

  constructor(source: VerifierSource) {
    this.#source = source;
  }

  /** The indexes of these boards were compared with Postgres, and agree with it or were deleted. */
  noteVerified(uids: readonly number[]): void {
    const verification = { at: performance.now(), connectionsLost: this.#source.connectionsLost() };
    for (const uid of uids) this.#verified.set(uid, verification);
  }

  /** Resolves when the index was compared, or cannot be within `waitMaxMs`. Never rejects. */
  async ensureVerified(uid: number): Promise<void> {
    // An audit that did not end within its wait is not waited for again.
    if (this.#isVerified(uid) || this.#audits.has(uid)) return;
    const waited = new AbortController();
    const timeout = setTimeout(waitMaxMs, undefined, { ref: false, signal: waited.signal });
    await Promise.race([this.#audit(uid), timeout].map((one) => one.catch(() => undefined)));
    waited.abort();
  }

  #isVerified(uid: number): boolean {
    const verified = this.#verified.get(uid);
    if (!verified || verified.connectionsLost !== this.#source.connectionsLost()) return false;
    return performance.now() - verified.at < verifiedForMs;
  }

  /** Boards of one shard that are asked for in the same turn of the event loop share one audit. */
  #audit(uid: number): Promise<unknown> {
    const shard = this.#source.shardOf(uid);
    let batch = this.#batches.get(shard);
    if (!batch) {
      const uids = new Set<number>();
      const audit = Promise.resolve().then(() => {
        this.#batches.delete(shard);
        return this.#source.audit([...uids]);
      });
      batch = { uids, audit };
      this.#batches.set(shard, batch);
    }
    batch.uids.add(uid);
    const audit = batch.audit.finally(() => this.#audits.delete(uid));
    this.#audits.set(uid, audit);
    return audit;
  }
}
