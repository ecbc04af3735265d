/** Finds the stores that a command is for: those of the running Rungs, the configured ones, or our own, started for it. */
import { setTimeout as delay } from "node:timers/promises";
import { type Database, openDatabase, withDeadline } from "@/db/client";
import { isInstalled } from "@/db/queries/stored-tables";
import { checkDatabase } from "@/lib/embedded/configured-postgres";
import { findRunning, isFolderTaken, type Runtime } from "@/lib/embedded/data-folder";
import { hasCluster } from "@/lib/embedded/postgres";
import { startStores } from "@/lib/embedded/stores";
import type { Env } from "@/lib/env";
import { createLogger } from "@/lib/logger";
import { CommandError } from "./command";

export type StoresEnv = Env & { databaseUrl: string };

interface FoundStores {
  env: StoresEnv;
  stop(): Promise<void>;
}

/** Standard output belongs to the command's result, and what goes wrong reaches the user as an error. */
export const silentLogger = createLogger({ logLevel: "silent" });

/** Runs `work` on an installation, and ends afterwards what was started for it. Never makes an installation. */
export async function withStores<T>(env: Env, work: (env: StoresEnv) => Promise<T>): Promise<T> {
  return andStop(await findStores(env), async (stores) => {
    const installed = await withDatabase(stores.databaseUrl, ({ sql }) => withDeadline(isInstalled(sql)));
    if (!installed) throw notInstalled(env);
    return work(stores);
  });
}

/** Runs `work` on the configured database, or on an embedded one that nobody uses and that is made if it is not there. */
export async function withNewStores<T>(env: Env, work: (env: StoresEnv) => Promise<T>): Promise<T> {
  const { databaseUrl } = env;
  if (databaseUrl) return work({ ...env, databaseUrl });
  return andStop(await startStores(env, silentLogger, { privateRedis: false }), work);
}

/** One connection; rejects with a `StartError` when the database cannot be used. */
export async function withDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const { pooled } = await checkDatabase(url);
  const database = openDatabase(url, { poolMax: 1, pooled });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function andStop<T>({ env, stop }: FoundStores, work: (env: StoresEnv) => Promise<T>): Promise<T> {
  try {
    return await work(env);
  } finally {
    await stop();
  }
}

const folderMsMax = 30_000;
const lookAgainMs = 200;

/** Waits while another command, or a server that is starting, has the data folder. */
async function findStores(env: Env): Promise<FoundStores> {
  for (const start = performance.now(); performance.now() - start < folderMsMax; await delay(lookAgainMs)) {
    const running = await findRunning(env.dataDir);
    const joined = running && join(env, running);
    if (joined) return { env: joined, stop: async () => undefined };
    const { databaseUrl } = env;
    if (databaseUrl) return { env: { ...env, databaseUrl }, stop: async () => undefined };
    if (await isFolderTaken(env.dataDir)) continue;
    if (!(await hasCluster(env.dataDir))) throw notInstalled(env);
    try {
      return await startStores(env, silentLogger, { privateRedis: false });
    } catch (error) {
      if (!(await isFolderTaken(env.dataDir))) throw error;
    }
  }
  throw new CommandError(`Another process is starting on the data folder ${env.dataDir}: try again in a moment.`);
}

/** What has no address yet is still starting, or is a command like this one, which takes its stores away again. */
function join(env: Env, { url, databaseUrl, redisUrl, redisCa }: Runtime): StoresEnv | null {
  if (!url || !databaseUrl || (env.databaseUrl && env.databaseUrl !== databaseUrl)) return null;
  const redis = redisUrl ? { kind: "tcp" as const, url: redisUrl, ...(redisCa && { ca: redisCa }) } : env.redis;
  return { ...env, databaseUrl, redis };
}

function notInstalled({ databaseUrl, dataDir }: Env): CommandError {
  return new CommandError(
    databaseUrl
      ? "No Rungs installation in the database that DATABASE_URL names: correct it, or make one there with `npm start`."
      : `No Rungs installation in ${dataDir} (DATA_DIR): set DATA_DIR, or DATABASE_URL, to that of your installation, ` +
          "or make one there with `npm start`.",
  );
}
