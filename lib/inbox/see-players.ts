import { aheadMax, type Sight } from "@/lib/domain/moments";
import { positionId } from "@/lib/domain/snapshot";
import type { IndexBoard, RankIndex } from "@/lib/rank-index/rank-index";

/** Where each player stands, and the position at which that was read; `<epoch>-<version>`. */
export type Sightings = ReadonlyMap<string, Sight & { position: string }>;

const readsAtOnceMax = 32;

/**
 * Null when the index is gone, is no longer of that epoch, or has forgotten changes up to that event. Players it does
 * not know are left out.
 */
export async function seePlayers(
  index: RankIndex,
  board: IndexBoard,
  players: readonly string[],
  { epoch, through }: { epoch: string; through: number },
): Promise<Sightings | null> {
  const due = [...players];
  const seen = new Map<string, Sight & { position: string }>();
  let whole = true;
  const work = async () => {
    for (let player = due.pop(); player !== undefined && whole; player = due.pop()) {
      const read = await index.player(board, player, aheadMax);
      if (read?.epoch !== epoch || read.through < through) whole = false;
      else if (read.found) {
        const { entry, around } = read.found;
        const ahead = around.filter((other) => other.position < entry.position).reverse();
        seen.set(player, { entry, ahead, position: positionId(read) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(readsAtOnceMax, due.length) }, work));
  return whole ? seen : null;
}
