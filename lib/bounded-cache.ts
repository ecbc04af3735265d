import { LRUCache } from "lru-cache";
import { bytesMaxOf } from "./memory-bounds";

/** Of the cache for an entry, key and value apart. */
const entryBytes = 128;

/** Keeps the entries used last, as many as the bound has room for; all take much the same. */
export class BoundedCache<K extends string | number, V extends NonNullable<unknown>> extends LRUCache<K, V> {
  readonly #bytesEach: number;

  /**
   * @param bytesEach what the key and the value of an entry take, at most
   * @param part of the bound, where others have a part of it, too
   */
  constructor(bound: Parameters<typeof bytesMaxOf>[0], bytesEach: number, part = 1) {
    const withEntry = bytesEach + entryBytes;
    super({ max: Math.max(1, Math.floor((part * bytesMaxOf(bound)) / withEntry)) });
    this.#bytesEach = withEntry;
  }

  /** What is held takes of memory. */
  get bytes(): number {
    return this.size * this.#bytesEach;
  }
}
