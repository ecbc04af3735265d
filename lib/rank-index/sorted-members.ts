/**
 * A sorted set of texts, by code point, in buckets: search is a binary search over the buckets and one within, a
 * position adds up the buckets before, and insertion moves at most one bucket's worth.
 */
import { compareCodePoints } from "@/lib/domain/code-points";

const bucketMax = 512;

export class SortedMembers {
  readonly #buckets: string[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False when it was there already. */
  add(member: string): boolean {
    const at = this.#bucketFor(member);
    const bucket = this.#buckets[at];
    if (!bucket) {
      this.#buckets.push([member]);
      this.#size++;
      return true;
    }
    const i = lowerBound(bucket, member);
    if (bucket[i] === member) return false;
    bucket.splice(i, 0, member);
    if (bucket.length > bucketMax) this.#buckets.splice(at + 1, 0, bucket.splice(bucketMax / 2));
    this.#size++;
    return true;
  }

  /** False when it was not there. */
  delete(member: string): boolean {
    const at = this.#bucketFor(member);
    const bucket = this.#buckets[at];
    if (!bucket) return false;
    const i = lowerBound(bucket, member);
    if (bucket[i] !== member) return false;
    bucket.splice(i, 1);
    if (bucket.length === 0) this.#buckets.splice(at, 1);
    this.#size--;
    return true;
  }

  /** How many members come before `text`, which need not be one. */
  countBefore(text: string): number {
    const at = this.#bucketFor(text);
    let count = 0;
    for (let i = 0; i < at; i++) count += this.#buckets[i]?.length ?? 0;
    return count + lowerBound(this.#buckets[at] ?? [], text);
  }

  /** Up to `limit` members from position `start`, counted from 0. */
  slice(start: number, limit: number): string[] {
    const found: string[] = [];
    let skip = start;
    for (const bucket of this.#buckets) {
      if (found.length >= limit) break;
      if (skip < bucket.length) found.push(...bucket.slice(skip, skip + limit - found.length));
      skip = Math.max(0, skip - bucket.length);
    }
    return found;
  }

  /** The last bucket whose first member is not behind `text`; the first bucket if there is none. */
  #bucketFor(text: string): number {
    let low = 0;
    let high = this.#buckets.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (compareCodePoints(this.#buckets[middle]?.[0] ?? "", text) <= 0) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Position of the first member that is not before `text`. */
function lowerBound(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareCodePoints(sorted[middle] ?? "", text) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
