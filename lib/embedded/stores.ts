/** What Rungs stores things in: the Postgres and Redis it is configured with, else its own, under the data folder. */
import type { Env } from "@/lib/env";
import type { Logger } from "@/lib/logger";
import { checkDatabase } from "./configured-postgres";
import { separateCopy } from "./copied-installation";
import { type DataFolder, openDataFolder } from "./data-folder";
import { type EmbeddedPostgres, postgresFolder, startPostgres } from "./postgres";
import { endOrphanedPostgres } from "./postgres-orphan";
import { type EmbeddedRedis, startRedis } from "./redis";
import { endOrphanedRedis } from "./redis-session";
import { keepSecrets } from "./secrets";
import { StartError } from "./start-error";

export interface Stores {
  /** With everything filled in that was started here. */
  env: Env & { databaseUrl: string };
  parts: StoreParts;
  /** Tells the `rungs` command where this process listens. */
  announce(url: string): Promise<void>;
  /** Ends what was started here, and gives the data folder back. */
  stop(): Promise<void>;
}

export interface StoreParts {
  postgres: "embedded" | "configured";
  ranks: "private-redis" | "redis" | "upstash" | "in-process";
}

export interface StoresOptions {
  /** False: without a configured Redis, ranks are kept in this process even where a Redis is installed. */
  privateRedis?: boolean;
}

const copiedWhileUsed =
  "the data folder was copied while Rungs used the original; Postgres recovers as after a crash, which a copy file by " +
  "file does not always allow: prefer `rungs backup`";

/** Rejects with a `StartError` when that cannot be; nothing is left running then. */
export async function startStores(env: Env, logger: Logger, options: StoresOptions = {}): Promise<Stores> {
  const folder = await openDataFolder(env.dataDir);
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.allSettled(running.map((part) => part.stop()));
    await folder.release();
  };
  try {
    const secrets = await keepSecrets(folder.path);
    await endOrphans(folder, secrets.databasePassword);
    if (folder.copiedFrom) logger.warn({ component: "data folder", copiedFrom: folder.copiedFrom }, copiedWhileUsed);
    const redis = env.redis || options.privateRedis === false ? undefined : await startOwnRedis(folder, logger);
    if (redis) running.push(redis);
    const postgres = await startOwnPostgres(env, folder, secrets.databasePassword, logger);
    if (postgres) {
      running.push(postgres);
      await separateCopy(folder.path, postgres.url);
    }
    const full = {
      ...env,
      databaseUrl: postgres?.url ?? env.databaseUrl ?? "",
      redis: redis ? { kind: "tcp" as const, url: redis.url } : env.redis,
      authSecret: env.authSecret ?? secrets.authSecret,
    };
    const announce = (url?: string) =>
      folder.writeRuntime({
        ...(url && { url }),
        databaseUrl: full.databaseUrl,
        ...(full.redis?.kind === "tcp" && { redisUrl: full.redis.url, redisIsOurs: redis !== undefined }),
        ...(full.redis?.kind === "tcp" && full.redis.ca && { redisCa: full.redis.ca }),
      });
    await announce();
    return { env: full, parts: partsOf(env, postgres, redis), announce, stop };
  } catch (error) {
    await stop();
    throw readable(error, folder.path);
  }
}

/** A disk that is full or a file that is somebody else's is for the operator to mend. */
function readable(error: unknown, folder: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (!path || !["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"].includes(code ?? "")) return error;
  return new StartError(`Cannot write ${path} (${code}): make ${folder} writable for this user, or set DATA_DIR.`);
}

/** What a killed Rungs left running on the folder, whether or not this start needs the like. */
async function endOrphans({ path, left }: DataFolder, databasePassword: string): Promise<void> {
  if (left?.redisUrl && left.redisIsOurs) await endOrphanedRedis(left.redisUrl);
  await endOrphanedPostgres(postgresFolder(path), databasePassword);
}

function startOwnRedis(folder: DataFolder, logger: Logger): Promise<EmbeddedRedis | undefined> {
  return startRedis({
    dataDir: folder.path,
    logger,
    onAddress: (redisUrl) => folder.writeRuntime({ redisUrl, redisIsOurs: true }),
  });
}

/** Undefined where one is configured, which then has been found usable. */
async function startOwnPostgres(
  env: Env,
  folder: DataFolder,
  password: string,
  logger: Logger,
): Promise<EmbeddedPostgres | undefined> {
  if (!env.databaseUrl) return startPostgres({ dataDir: folder.path, password, logger });
  await checkDatabase(env.databaseUrl);
  return undefined;
}

function partsOf(env: Env, postgres: EmbeddedPostgres | undefined, redis: EmbeddedRedis | undefined): StoreParts {
  const configured = env.redis && (env.redis.kind === "rest" ? "upstash" : "redis");
  return {
    postgres: postgres ? "embedded" : "configured",
    ranks: configured ?? (redis ? "private-redis" : "in-process"),
  };
}
