/**
 * Reads of API keys that nothing speaks for, as a flood of invented ones brings: many in one query, one query at a time,
 * so that the connections to Postgres stay free for others; the addresses that ask take turns, and few may wait.
 */
import type { StoredKey } from "@/db/queries/api-keys";
import { RungsError } from "@/lib/domain/errors";

/** Of the keys with these ids, those in force. */
type ReadMany = (ids: string[]) => Promise<StoredKey[]>;

interface Lookup {
  id: string;
  resolve(key: StoredKey | null): void;
  reject(error: unknown): void;
}

const batchMax = 100;
const waitingPerAddressMax = 64;
const waitingMax = 1_024;

export class KeyLookups {
  readonly #read: ReadMany;
  /** By address, in the order of their turns. */
  readonly #waiting = new Map<string, Lookup[]>();
  #count = 0;
  #reading = false;

  constructor(read: ReadMany) {
    this.#read = read;
  }

  /** Throws `too-many-requests` instead of letting too many wait: no 503, by which a balancer takes an instance for ill. */
  async find(id: string, address: string): Promise<StoredKey | null> {
    const own = this.#waiting.get(address) ?? [];
    if (own.length >= waitingPerAddressMax) {
      throw new RungsError("too-many-requests", "Too many unknown API keys from this address.", { retryAfter: 1 });
    }
    if (this.#count >= waitingMax) {
      throw new RungsError("too-many-requests", "Too many unknown API keys are being checked.", { retryAfter: 1 });
    }
    const found = new Promise<StoredKey | null>((resolve, reject) => own.push({ id, resolve, reject }));
    this.#waiting.set(address, own);
    this.#count++;
    if (!this.#reading) void this.#readAll();
    return found;
  }

  async #readAll(): Promise<void> {
    this.#reading = true;
    while (this.#count > 0) {
      const batch = this.#nextBatch();
      try {
        const found = new Map((await this.#read(batch.map(({ id }) => id))).map((key) => [key.id, key]));
        for (const { id, resolve } of batch) resolve(found.get(id) ?? null);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#reading = false;
  }

  #nextBatch(): Lookup[] {
    const batch: Lookup[] = [];
    while (batch.length < batchMax) {
      const [turn] = this.#waiting;
      if (!turn) break;
      const [address, [next, ...rest]] = turn;
      this.#waiting.delete(address);
      if (rest.length > 0) this.#waiting.set(address, rest);
      if (next) batch.push(next);
    }
    this.#count -= batch.length;
    return batch;
  }
}
