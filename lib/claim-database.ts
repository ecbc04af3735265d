import type { Sql } from "@/db/client";
import { type InstanceLease, takeInstanceLease } from "@/db/instance-lease";
import { SettingsError } from "./env";
import type { Logger } from "./logger";

interface Claim {
  sql: Sql;
  /** No other instance can see this one's rank index. */
  alone: boolean;
  /** Postgres belongs to the data folder that this process has locked. */
  owned: boolean;
  logger: Logger;
  /** Has to end the process. */
  onLost(): void;
}

const rule = "another Rungs uses this database, and several instances have to share one Redis";

/** Keeps apart instances that do not share a Redis: viewers of one would not see what was posted to the other. */
export async function claimDatabase({ sql, alone, owned, logger, onLost }: Claim): Promise<InstanceLease> {
  const lost = () => {
    logger.fatal(`${rule}: shutting down; set REDIS_URL for all of them`);
    onLost();
  };
  const lease = await takeInstanceLease({ sql, alone, owned, onLost: lost });
  if (!lease) throw new SettingsError(`REDIS_URL: ${rule}: set it to the same for all of them, or stop the other`);
  return lease;
}
