import type { Database } from "@/db/client";
import type { Position } from "@/lib/domain/snapshot";
import type { Logger } from "@/lib/logger";
import type { Metrics } from "@/lib/metrics";
import type { RankIndex } from "@/lib/rank-index/rank-index";

/** What every verb works with. */
export interface Context {
  database: Database;
  index: RankIndex;
  logger: Logger;
  metrics: Metrics;
  /** Tells this instance at once what the change feed will tell the others; null when the board is gone. */
  onIndexChanged(uid: number, position: (Position & { revision?: number }) | null): void;
}
