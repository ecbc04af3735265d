/** A whole Rungs as users run it, in a process of its own on a free port. */
import { rm } from "node:fs/promises";
import { createTestDatabase } from "./postgres";
import { type Program, runProgram } from "./program";
import { redisUrl } from "./redis";
import { newFolder } from "./temp-folder";

export interface RungsServer extends Program {
  url: string;
  dataDir: string;
  databaseUrl: string | undefined;
}

export interface RungsOptions {
  /** Undefined values take a setting away. */
  env?: Record<string, string | undefined>;
  /** For instance `--no-redis`. */
  args?: string[];
  /** Kept after the server has ended; without it, a temporary one is deleted. */
  dataDir?: string;
  /** Of another checkout; this one when left out. */
  cwd?: string;
  /** True: on stores of its own instead of the test run's Postgres (a new database) and Redis. */
  embedded?: boolean;
}

/** Resolves once it serves. The caller stops it; `npm test` has built it. */
export async function startRungs(options: RungsOptions = {}): Promise<RungsServer> {
  const dataDir = options.dataDir ?? (await newFolder());
  const stores = options.embedded ? {} : { DATABASE_URL: await createTestDatabase(), REDIS_URL: redisUrl() };
  const env = { ...cleanEnv, ...stores, PORT: "0", DATA_DIR: dataDir, ...options.env };
  const program = runProgram({
    args: ["scripts/start.mjs", ...(options.args ?? [])],
    env,
    ...(options.cwd && { cwd: options.cwd }),
  });
  if (!options.dataDir) void program.ended.then(() => rm(dataDir, { recursive: true, force: true }));
  try {
    const [, url = ""] = await program.prints(/is running at (\S+)/, 90_000);
    return { ...program, url, dataDir, databaseUrl: env.DATABASE_URL };
  } catch (error) {
    throw new Error(`Rungs did not start:\n${program.output()}`, { cause: error });
  }
}

/** Settings of the machine that a test must not inherit. NODE_ENV is vitest's own. */
const cleanEnv = {
  NODE_ENV: undefined,
  HOST: undefined,
  PUBLIC_URL: undefined,
  DATABASE_URL: undefined,
  DATABASE_POOL_MAX: undefined,
  REDIS_URL: undefined,
  UPSTASH_REDIS_REST_URL: undefined,
  UPSTASH_REDIS_REST_TOKEN: undefined,
  AUTH_SECRET: undefined,
  LOG_LEVEL: "warn",
};
