import type { IndexState } from "@/lib/rank-index/rank-index";

/** Boards compared at a time besides those in use. */
const auditedMax = 1_000;

/**
 * Boards whose rank index lacks changes that this instance has seen committed: after a write to the index failed, or when
 * an audit finds the index behind. Their index answers nobody until it has caught up; reads come from Postgres, as stale.
 */
export class IndexLag {
  /** By board uid: the event that the index has to reach. */
  readonly #required = new Map<number, number>();

  /** Boards that are served as stale for this reason. */
  get size(): number {
    return this.#required.size;
  }

  /** Some of them, to be compared: nobody may ask for a board any more by the time its index has caught up. */
  uids(): number[] {
    return [...this.#required.keys()].slice(0, auditedMax);
  }

  /** The index has to contain every change up to the event `through`. */
  require(uid: number, through: number): void {
    this.#required.set(uid, Math.max(through, this.#required.get(uid) ?? 0));
  }

  requiredOf(uid: number): number {
    return this.#required.get(uid) ?? 0;
  }

  /** Whether an index in this state lacks changes; forgets the requirement once it is met. */
  isBehind(uid: number, { through }: Pick<IndexState, "through">): boolean {
    const required = this.#required.get(uid);
    if (required === undefined) return false;
    if (through < required) return true;
    this.met(uid, through);
    return false;
  }

  /** The index has every change up to the event `through`, or is required to have none of them. */
  met(uid: number, through: number): void {
    if (this.requiredOf(uid) <= through) this.#required.delete(uid);
  }
}
