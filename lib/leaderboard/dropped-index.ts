import type { Logger } from "@/lib/logger";
import type { Metrics } from "@/lib/metrics";

/** What was wrong with an index, so that it was deleted; `orphan`: Postgres has no such board. */
export type IndexFault = "foreign" | "wrong" | "lost" | "went back" | "orphan";

/** The one way by which an index that differs from Postgres is logged and counted. */
export function noteDropped(
  { logger, metrics }: { logger: Logger; metrics: Pick<Metrics, "indexesDropped"> },
  uid: number,
  fault: IndexFault,
): void {
  logger.warn({ component: "rank index", uid, fault }, "rank index differs from Postgres; deleted");
  metrics.indexesDropped.inc({ fault });
}
