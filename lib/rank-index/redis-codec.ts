/** How standings are written in the index's keys, and read from its scripts' replies. */
import type { Order } from "@/lib/domain/board";
import type { Standing } from "@/lib/domain/ranking";
import { columnWidth, decodeOrderKey, encodeOrderKey, encodeWhole } from "./order-key";
import type { StandingChange } from "./rank-index";

/** The hash value of a player; the order key and the player id make the member of the sorted set. */
export function encodeValue(orders: readonly Order[], { seq, values, reached, name }: StandingChange): string {
  return encodeWhole(seq) + encodeOrderKey(orders, values, reached) + name;
}

/** Reads member, name, member, name, ... */
export function decodeEntries(orders: readonly Order[], flat: readonly string[]): Standing[] {
  const keyWidth = columnWidth * (orders.length + 1);
  const standings: Standing[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const member = flat[i] ?? "";
    const key = decodeOrderKey(orders, member.slice(0, keyWidth));
    standings.push({ player: member.slice(keyWidth), name: flat[i + 1] ?? "", ...key });
  }
  return standings;
}

/**
 * Cuts `items` so that a request stays small: Upstash takes no more than 1 MB, and Redis serves nobody else while a
 * script runs. At least one part, which may be empty.
 */
export function parts<T>(items: readonly T[], countMax: number, bytesMax: number, bytesOf: (item: T) => number): T[][] {
  const cut: T[][] = [[]];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    let part = cut.at(-1) ?? [];
    if (part.length > 0 && (part.length >= countMax || bytes + size > bytesMax)) {
      part = [];
      cut.push(part);
      bytes = 0;
    }
    part.push(item);
    bytes += size;
  }
  return cut;
}
