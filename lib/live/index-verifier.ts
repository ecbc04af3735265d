/**
 * When the index of a board was last compared with Postgres. As long as Postgres answers, nobody is shown one that was not
 * compared lately; and nobody ever, unmarked, one that was not compared since a connection to Postgres ended.
 */
import { BoundedCache } from "@/lib/bounded-cache";
import { inTime } from "./in-time";

export interface VerifierSource {
  /** Compares the boards' indexes with Postgres, and deletes an index that differs. Rejects when either is away. */
  audit(uids: readonly number[]): Promise<unknown>;
  /** Names the server that has the board's index. */
  shardOf(uid: number): string;
  /** Grows whenever a connection to Postgres ends; afterwards Postgres may be another server, with other data. */
  connectionsLost(): number;
}

const verificationBytes = 96;
/** The audit compares boards in use more often than this; others are compared before they are read. */
const verifiedForMs = 6_000;
/** While Postgres does not answer, reads go on from the index as it was last verified; */
const waitMaxMs = 300;
/** one that has to be marked until it is compared is waited for longer. */
const uncomparedWaitMaxMs = 1_000;

export class IndexVerifier {
  readonly #source: VerifierSource;
  readonly #verified = new BoundedCache<number, { at: number; connectionsLost: number }>(
    "verifications",
    verificationBytes,
  );
  /** By uid: the audits under way. */
  readonly #audits = new Map<number, Promise<unknown>>();
  /** By shard. */
  readonly #batches = new Map<string, { uids: Set<number>; audit: Promise<unknown> }>();

  constructor(source: VerifierSource) {
    this.#source = source;
  }

  /** What is held takes of memory. */
  get bytes(): number {
    return this.#verified.bytes;
  }

  /**
   * The indexes of these boards were compared with Postgres, and agree with it or were deleted.
   * @param connectionsLost as it was before they were compared
   */
  noteVerified(uids: readonly number[], connectionsLost: number): void {
    const verification = { at: performance.now(), connectionsLost };
    for (const uid of uids) this.#verified.set(uid, verification);
  }

  /**
   * Resolves when the index was compared, or cannot be for now, to whether it was since a connection to Postgres ended.
   * Never rejects.
   */
  async ensureVerified(uid: number): Promise<boolean> {
    const isCompared = this.#isCompared(uid);
    if (isCompared && this.#isRecent(uid)) return true;
    // An audit that did not end within its wait is not waited for again.
    if (this.#audits.has(uid)) return isCompared;
    await inTime(this.#audit(uid), isCompared ? waitMaxMs : uncomparedWaitMaxMs).catch(() => undefined);
    return this.#isCompared(uid);
  }

  #isCompared(uid: number): boolean {
    return this.#verified.get(uid)?.connectionsLost === this.#source.connectionsLost();
  }

  #isRecent(uid: number): boolean {
    const verified = this.#verified.get(uid);
    return verified !== undefined && performance.now() - verified.at < verifiedForMs;
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
