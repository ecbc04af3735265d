import { holdInstanceLock, type InstanceLock } from "@/db/instance-lock";
import { SettingsError } from "./env";
import type { Logger } from "./logger";

interface Claim {
  databaseUrl: string;
  /** No other instance can see this one's rank index. */
  alone: boolean;
  logger: Logger;
}

const rule = "another Rungs uses this database, and several instances have to share one Redis";

/** Keeps apart instances that do not share a Redis: viewers of one would not see what was posted to the other. */
export async function claimDatabase({ databaseUrl, alone, logger }: Claim): Promise<InstanceLock> {
  const onTaken = () => {
    logger.fatal(`${rule}: shutting down; set REDIS_URL for all of them`);
    process.kill(process.pid, "SIGTERM");
  };
  const lock = await holdInstanceLock({ url: databaseUrl, alone, onTaken });
  if (!lock) throw new SettingsError(`REDIS_URL: ${rule}: set it to the same for all of them, or stop the other`);
  return lock;
}
