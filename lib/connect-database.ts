/** Opens the database: looks at what it is, brings its tables up to date, and says that this instance uses it. */
import { type Database, openDatabase } from "@/db/client";
import { readDatabaseUrl } from "@/db/database-url";
import type { DatabaseFacts } from "@/db/inspect";
import type { InstanceLease } from "@/db/instance-lease";
import { readKeyspace } from "@/db/keyspace";
import { migrateDatabase } from "@/db/migrate";
import { migrationsFolder } from "@/db/schema-version";
import { claimDatabase } from "./claim-database";
import { databaseProblem } from "./database-problem";
import { checkDatabase } from "./embedded/configured-postgres";
import { StartError } from "./embedded/start-error";
import type { Env } from "./env";
import type { Logger } from "./logger";
import type { StorageErrors } from "./storage-errors";

export interface ConnectOptions {
  /** False takes no lease, for a command that soon ends. */
  background: boolean;
  /** No other instance can see this one's rank index. */
  alone: boolean;
  /** Postgres belongs to the data folder that this process has locked. */
  owned: boolean;
  storageErrors: StorageErrors;
  /** Has to end the process: an instance that this one cannot be together with has come, or the database is another one. */
  onLost(): void;
}

export interface ConnectedDatabase {
  database: Database;
  keyspace: string;
  lease: InstanceLease | null;
}

/** Leaves no connection open if it fails; with a StartError where an operator can mend that. */
export async function connectDatabase(
  { databaseUrl, databasePoolMax }: Pick<Env, "databasePoolMax"> & { databaseUrl: string },
  logger: Logger,
  { background, ...claim }: ConnectOptions,
): Promise<ConnectedDatabase> {
  const facts = await checkDatabase(databaseUrl);
  const poolMax = Math.min(databasePoolMax, facts.connectionLimit ?? databasePoolMax);
  if (background) warnOf(facts, { poolMax, databasePoolMax }, logger);
  const database = openDatabase(databaseUrl, { poolMax, pooled: facts.pooled });
  try {
    await migrateDatabase(database, migrationsFolder, readDatabaseUrl(databaseUrl).schema);
    const keyspace = await readKeyspace(database.sql);
    const lease = background ? await claimDatabase({ database, keyspace, logger, ...claim }) : null;
    return { database, keyspace, lease };
  } catch (error) {
    await database.close();
    const problem = databaseProblem(error, databaseUrl);
    throw problem ? new StartError(`Postgres: ${problem}.`, { cause: error }) : error;
  }
}

type Pool = { poolMax: number; databasePoolMax: number };

function warnOf({ pooled, user, hasStatementTimeout }: DatabaseFacts, pool: Pool, logger: Logger): void {
  if (pool.poolMax < pool.databasePoolMax) {
    logger.warn(pool, `the role "${user}" may have ${pool.poolMax} connections: more are not opened`);
  }
  if (pooled && !hasStatementTimeout) {
    const advice = `alter role "${user}" set statement_timeout = '10s'`;
    logger.warn({ advice }, "Postgres, behind a connection pooler, ends no statement that takes too long");
  }
}
