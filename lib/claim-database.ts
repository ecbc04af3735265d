import type { Database } from "@/db/client";
import { type InstanceLease, takeInstanceLease } from "@/db/instance-lease";
import { readKeyspace } from "@/db/keyspace";
import { SettingsError } from "./env";
import type { Logger } from "./logger";
import type { StorageErrors } from "./storage-errors";

interface Claim {
  database: Database;
  keyspace: string;
  /** No other instance can see this one's rank index. */
  alone: boolean;
  /** Postgres belongs to the data folder that this process has locked. */
  owned: boolean;
  logger: Logger;
  storageErrors: StorageErrors;
  /** Has to end the process. */
  onLost(): void;
}

const rule = "another Rungs uses this database, and several instances have to share one Redis";

/**
 * Keeps apart instances that do not share a Redis: viewers of one would not see what was posted to the other. Ends this
 * instance when DATABASE_URL leads to another database than at the start, since its keys in Redis have other names.
 */
export async function claimDatabase(claim: Claim): Promise<InstanceLease> {
  const { database, alone, owned, logger, storageErrors, onLost } = claim;
  const report = (error: unknown) => {
    const consequence = "lease of this instance not renewed; retried within seconds";
    storageErrors.report({ component: "instance lease", error, consequence });
  };
  let ended = false;
  const end = (reason: string) => {
    if (ended) return;
    ended = true;
    logger.fatal(reason);
    onLost();
  };
  const lease = await takeInstanceLease({
    ...{ sql: database.sql, alone, owned },
    onLost: () => end(`${rule}: shutting down; set REDIS_URL for all of them`),
    onFailure: report,
  });
  if (!lease) throw new SettingsError(`REDIS_URL: ${rule}: set it to the same for all of them, or stop the other`);
  const isSame = identityCheck(claim);
  lease.onRenewed(() => {
    isSame()
      .then((same) => same || end("DATABASE_URL leads to another database than at the start: shutting down"))
      .catch(report);
  });
  return lease;
}

/** Whether this is still the database of the start; asked again after connections ended, as the next may lead elsewhere. */
function identityCheck({ database, keyspace }: Claim): () => Promise<boolean> {
  let checked = database.connectionsLost();
  return async () => {
    const lost = database.connectionsLost();
    if (lost === checked) return true;
    if ((await readKeyspace(database.sql)) !== keyspace) return false;
    checked = lost;
    return true;
  };
}
