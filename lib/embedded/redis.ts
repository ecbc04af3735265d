/**
 * A private Redis, where one is installed: 127.0.0.1 only, a new random password at every start, nothing written to
 * disk. What it holds is an index that is rebuilt from Postgres.
 */
import { type ChildProcess, execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Logger } from "@/lib/logger";
import { endChild, hasExited, lastComplaint, spawnChild } from "./child";
import { poll } from "./deadline";
import { freePort } from "./free-port";
import { redisAnswers } from "./redis-session";
import { asOurselves, isRoot, type RunAs, unprivilegedUser } from "./run-as";
import { StartError } from "./start-error";
import { supervise } from "./supervisor";

export interface EmbeddedRedis {
  url: string;
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** Absolute; must exist. Gets the log, `redis.log`. */
  dataDir: string;
  logger: Logger;
  /** Told the address before anything runs under it, so that a killed Rungs leaves no nameless server. */
  onAddress?: (url: string) => Promise<void>;
}

const programs = ["redis-server", "valkey-server"];
const readyMs = 10_000;
const portAttempts = 3;
const stopSteps = [{ signal: "SIGTERM" as const, ms: 1000 }];

/** Undefined where no Redis (or Valkey) of version 6.2 or later is installed. */
export async function startRedis({ dataDir, logger, onAddress }: RedisOptions): Promise<EmbeddedRedis | undefined> {
  const program = await findRedis();
  if (!program) return undefined;
  const logFile = join(dataDir, "redis.log");
  const user = isRoot() ? await unprivilegedUser() : undefined;
  const as: RunAs = user ? { user, prefix: [], spawn: { uid: user.uid, gid: user.gid } } : asOurselves;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const password = randomBytes(24).toString("hex");
    const url = `redis://:${password}@127.0.0.1:${port}`;
    await onAddress?.(url);
    try {
      const server = { program, logFile, as, url, input: configuration(port, password) };
      const start = (stopping: AbortSignal) => launch(server, stopping);
      const supervised = await supervise({ name: "redis", logger, stopSteps, start });
      return { url, stop: supervised.stop };
    } catch (error) {
      if (attempt === portAttempts) throw error;
    }
  }
}

/** Lists of ranges and of score changes are large but short-lived; a subscriber that stops reading is cut at 8 MB. */
function configuration(port: number, password: string): string {
  return [
    "bind 127.0.0.1",
    `port ${port}`,
    `requirepass ${password}`,
    'save ""',
    "appendonly no",
    "daemonize no",
    "tcp-keepalive 60",
    "maxmemory-policy noeviction",
    "client-output-buffer-limit normal 0 0 0",
    "client-output-buffer-limit pubsub 32mb 8mb 60",
    "",
  ].join("\n");
}

async function findRedis(): Promise<string | undefined> {
  for (const program of programs) {
    const printed = await promisify(execFile)(program, ["--version"]).catch(() => undefined);
    const [, major = 0, minor = 0] = /v=(\d+)\.(\d+)/.exec(printed?.stdout ?? "")?.map(Number) ?? [];
    if (major > 6 || (major === 6 && minor >= 2)) return program;
  }
  return undefined;
}

interface Server {
  program: string;
  logFile: string;
  as: RunAs;
  url: string;
  input: string;
}

async function launch(server: Server, stopping: AbortSignal): Promise<ChildProcess> {
  const child = spawnChild(server.program, ["-"], server);
  const state = await poll(async () => {
    if (hasExited(child) || stopping.aborted) return "ended";
    return (await redisAnswers(server.url)) ? "ready" : undefined;
  }, readyMs);
  if (state === "ready") return child;
  await endChild(child, stopSteps);
  const reason = await lastComplaint(server.logFile);
  throw new StartError(`The private Redis does not start: ${reason} (more in ${server.logFile}).`);
}
