/** Connects a command to where the boards are: the stores of the running Rungs, the configured ones, or our own. */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { ApiKeys } from "@/lib/auth/api-keys";
import { findRunning, type Runtime, readFileOf } from "@/lib/embedded/data-folder";
import { isSameProcess } from "@/lib/embedded/process-identity";
import { startStores } from "@/lib/embedded/stores";
import { type Env, readEnv } from "@/lib/env";
import type { Context } from "@/lib/leaderboard/context";
import { createLogger } from "@/lib/logger";
import { CommandError } from "./command";
import { deferredRankIndex } from "./deferred-rank-index";

export interface CommandServices {
  context: Context;
  apiKeys: ApiKeys;
}

type StoresEnv = Env & { databaseUrl: string };

/** Standard output belongs to the command's result, and what goes wrong reaches the user as an error. */
const logger = createLogger({ logLevel: "silent" });

/** Runs `work` connected, and lets go of everything afterwards, also of stores that only it needed. */
export async function withServices<T>(work: (services: CommandServices) => Promise<T>): Promise<T> {
  const { env, stop } = await findStores(readEnv());
  try {
    // Loaded this late because it takes longer than all the rest, and help and refusals need none of it.
    const { createServices } = await import("@/lib/services");
    // Nothing here signs sessions.
    const authSecret = env.authSecret ?? randomBytes(32).toString("hex");
    const services = await createServices({ ...env, authSecret }, logger, { background: false });
    try {
      const index = env.redis ? services.index : deferredRankIndex;
      return await work({ context: { ...services, index }, apiKeys: services.apiKeys });
    } finally {
      await services.close();
    }
  } finally {
    await stop();
  }
}

const folderMsMax = 30_000;
const lookAgainMs = 200;

/** Waits while another command, or a server that is starting, has the data folder. */
async function findStores(env: Env): Promise<{ env: StoresEnv; stop(): Promise<void> }> {
  for (const start = performance.now(); performance.now() - start < folderMsMax; await delay(lookAgainMs)) {
    const running = await findRunning(env.dataDir);
    const joined = running && join(env, running);
    if (joined) return { env: joined, stop: async () => undefined };
    const { databaseUrl } = env;
    if (databaseUrl) return { env: { ...env, databaseUrl }, stop: async () => undefined };
    if (await isFolderTaken(env.dataDir)) continue;
    try {
      return await startStores(env, logger, { privateRedis: false });
    } catch (error) {
      if (!(await isFolderTaken(env.dataDir))) throw error;
    }
  }
  throw new CommandError(`Another process is starting on the data folder ${env.dataDir}: try again in a moment.`);
}

/** What has no address yet is still starting, or is a command like this one, which takes its stores away again. */
function join(env: Env, { url, databaseUrl, redisUrl }: Runtime): StoresEnv | null {
  if (!url || !databaseUrl || (env.databaseUrl && env.databaseUrl !== databaseUrl)) return null;
  return { ...env, databaseUrl, redis: redisUrl ? { kind: "tcp", url: redisUrl } : env.redis };
}

async function isFolderTaken(dataDir: string): Promise<boolean> {
  const holder = await readFileOf<{ pid: number; start: string }>(dataDir, "lock");
  return holder !== undefined && (await isSameProcess(holder.pid, holder.start));
}
