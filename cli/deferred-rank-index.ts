import { IndexUnavailableError, type RankIndex } from "@/lib/rank-index/rank-index";

/**
 * For a command that cannot reach the ranks, because the server keeps them in its own memory or does not run: what a
 * verb wants to tell the index stays in the outbox, from which the server's sweep takes it.
 */
export const deferredRankIndex: RankIndex = {
  apply: unavailable,
  shardOf: () => "",
  states: unavailable,
  page: unavailable,
  player: unavailable,
  rebuild: unavailable,
  drop: unavailable,
  probe: unavailable,
  close: async () => undefined,
};

function unavailable(): Promise<never> {
  return Promise.reject(new IndexUnavailableError("the rank index is the server's own", { fault: "pending" }));
}
