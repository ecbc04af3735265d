import type { Database } from "@/db/client";
import type { Position } from "@/lib/domain/snapshot";
import type { Logger } from "@/lib/logger";
import type { Metrics } from "@/lib/metrics";
import type { RankIndex } from "@/lib/rank-index/rank-index";
import type { StorageErrors } from "@/lib/storage-errors";
import type { IndexLag } from "./index-lag";
import type { StaleAnswers } from "./stale-answers";

/** What every verb works with. */
export interface Context {
  database: Database;
  index: RankIndex;
  logger: Logger;
  metrics: Metrics;
  storageErrors: StorageErrors;
  staleAnswers: StaleAnswers;
  lag: IndexLag;
  /** Tells this instance at once what the change feed will tell the others; null when the board is gone. */
  onIndexChanged(uid: number, position: (Position & { revision?: number }) | null): void;
  /** The board's index lacks changes that were committed, and answers nobody until it has them. */
  onIndexBehind(uid: number): void;
  /**
   * The boards' indexes were compared with Postgres, and agree with it or were deleted.
   * @param connectionsLost the database's count before they were compared
   */
  onIndexesVerified(uids: readonly number[], connectionsLost: number): void;
}
