/**
 * Builds an index beside the old one and swaps it in. A lock, kept alive while copying, lets one instance work at a
 * time; if it dies the lock and the half-made copy expire. Changes applied meanwhile are journalled and carried over.
 */
import { randomBytes } from "node:crypto";
import { columnOrders } from "@/lib/domain/score";
import { newEpoch } from "./new-epoch";
import { columnsWidth } from "./order-key";
import type { IndexBoard, IndexSource, IndexState, StandingChange } from "./rank-index";
import { encodeValue, parts } from "./redis-codec";
import { abandonScript, beginScript, boardKeys, copyKeys, copyScript, swapScript } from "./redis-scripts";
import { type IndexTarget, indexArguments } from "./redis-store";

export const rebuildLockMs = 15_000;

/** Redis serves nobody else while it takes a part, which for so many is about two milliseconds. */
const copyMax = 500;
const copyBytesMax = 500_000;

export async function rebuildInRedis(
  { store, installationId }: IndexTarget,
  board: IndexBoard,
  source: IndexSource,
): Promise<IndexState | null> {
  const token = randomBytes(8).toString("hex");
  const { z, h, m, g, lock, journal } = boardKeys(installationId, board.uid);
  const copy = copyKeys(installationId, board.uid, token);
  const orders = columnOrders(board);

  const add = (part: readonly StandingChange[]) => {
    const pairs = part.flatMap((standing) => [standing.player, encodeValue(orders, standing)]);
    const args = [token, board.rankStyle, columnsWidth(board), rebuildLockMs, ...pairs];
    return store.run<number>(copyScript, [copy.z, copy.h, copy.g, lock, journal], args);
  };
  const abandon = () => store.run(abandonScript, [lock, journal, copy.z, copy.h, copy.g], [token]);

  if ((await store.run<number>(beginScript, [lock, journal], [token, rebuildLockMs])) !== 1) return null;
  // For a source that takes its time; a failure shows when the next part is added.
  const keepAlive = setInterval(() => add([]).catch(() => undefined), rebuildLockMs / 3);
  try {
    const lastChange = await source.lastChange();
    let sent = Promise.resolve<number | null>(1);
    for await (const batch of source.standings()) {
      for (const part of parts(batch, copyMax, copyBytesMax, standingBytes)) {
        // Redis works on one while the next is made.
        const next = add(part);
        next.catch(() => undefined);
        if ((await sent) !== 1) return null;
        sent = next;
      }
    }
    if ((await sent) !== 1) return null;
    const epoch = newEpoch();
    const swapped = await store.run<[revision: number, total: number, through: number, announced: number]>(
      swapScript,
      [z, h, m, g, lock, journal, copy.z, copy.h, copy.g],
      [...indexArguments(board), token, epoch, board.revision, store.channel, board.uid, lastChange],
    );
    if (!swapped) return null;
    const [revision, total, through, announced] = swapped;
    const state = { epoch, version: 1, revision, total, through };
    await store.announce(announced, board.uid, state);
    return state;
  } catch (error) {
    await abandon().catch(() => undefined);
    throw error;
  } finally {
    clearInterval(keepAlive);
  }
}

function standingBytes({ player, name, values }: StandingChange): number {
  return Buffer.byteLength(player) + Buffer.byteLength(name) + 9 * (values.length + 2);
}
