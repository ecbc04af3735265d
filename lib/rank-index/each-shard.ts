import { groupBy } from "@/lib/group-by";
import type { RankIndex } from "./rank-index";

/** Does the work for the boards of each shard apart; rejects with the first failure when all of it is done. */
export async function eachShard(
  index: Pick<RankIndex, "shardOf">,
  uids: readonly number[],
  work: (uids: number[], shard: string) => Promise<void>,
): Promise<void> {
  const shards = groupBy(uids, (uid) => index.shardOf(uid));
  const done = await Promise.allSettled([...shards].map(([shard, boards]) => work(boards, shard)));
  for (const one of done) if (one.status === "rejected") throw one.reason;
}
