/**
 * A Postgres server of our own, with its data kept under the data folder. It listens on 127.0.0.1 only and asks for a
 * password; no Unix socket, whose path would be limited to about a hundred bytes.
 */
import type { ChildProcess } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "@/lib/logger";
import { endChild, hasExited, lastComplaint, spawnChild } from "./child";
import { poll } from "./deadline";
import { freePort } from "./free-port";
import { findPostgresBinaries } from "./postgres-binaries";
import { createCluster } from "./postgres-cluster";
import { answerOf, ensureDatabase, postgresUrl } from "./postgres-session";
import type { RunAs } from "./run-as";
import { StartError } from "./start-error";
import { type Supervised, supervise } from "./supervisor";

export interface EmbeddedPostgres {
  /** Of the database `rungs`, as its owner and superuser. */
  url: string;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Absolute; must exist, and no other server may run on it. The cluster lies in its folder `postgres`, the log in `postgres.log`. */
  dataDir: string;
  password: string;
  logger: Logger;
  /** Further settings, which win over ours. */
  settings?: Record<string, string>;
}

const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  max_connections: "100",
  shared_buffers: "128MB",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
  log_checkpoints: "off",
};

/** Fast shutdown: sessions are cut, everything is written. Then immediate, from which the next start recovers. */
const stopSteps = [
  { signal: "SIGINT" as const, ms: 3000 },
  { signal: "SIGQUIT" as const, ms: 500 },
];

const readyMs = 60_000;
/** Recovery after a crash may take long; Postgres says so while it lasts. */
const recoveryMs = 600_000;
const portAttempts = 3;

export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, password, logger } = options;
  const binaries = await findPostgresBinaries();
  const cluster = postgresFolder(dataDir);
  const as = await createCluster({ binaries, dataDir, cluster, password });
  const server = {
    program: binaries.postgres,
    cluster,
    logFile: join(dataDir, "postgres.log"),
    as,
    password,
    settings: { ...settings, ...options.settings },
  };
  const { port, supervised } = await onFreePort((port) =>
    supervise({
      name: "postgres",
      logger,
      stopSteps,
      start: (stopping) => launch({ ...server, port }, stopping),
    }),
  );
  try {
    await ensureDatabase(port, password);
  } catch (error) {
    await supervised.stop();
    throw error;
  }
  return { url: postgresUrl(port, password), stop: supervised.stop };
}

export function postgresFolder(dataDir: string): string {
  return join(dataDir, "postgres");
}

/** Whether there is an embedded Postgres in the data folder, running or not. */
export async function hasCluster(dataDir: string): Promise<boolean> {
  return access(join(postgresFolder(dataDir), "PG_VERSION")).then(
    () => true,
    () => false,
  );
}

async function onFreePort(
  start: (port: number) => Promise<Supervised>,
): Promise<{ port: number; supervised: Supervised }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { port, supervised: await start(port) };
    } catch (error) {
      const taken = /could not (bind|create any TCP)/i.test(String(error));
      if (!taken || attempt === portAttempts) throw error;
    }
  }
}

interface Server {
  program: string;
  cluster: string;
  logFile: string;
  as: RunAs;
  port: number;
  password: string;
  settings: Record<string, string>;
}

/** Starts the server and waits until it answers our password. */
async function launch(server: Server, stopping: AbortSignal): Promise<ChildProcess> {
  const all = { ...server.settings, port: String(server.port) };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawnChild(server.program, ["-D", server.cluster, ...flags], server);
  const began = Date.now();
  const state = await poll(async () => {
    if (hasExited(child) || stopping.aborted) return "ended";
    const answer = await answerOf(server.port, server.password);
    if (answer === "recovering") return Date.now() - began > recoveryMs ? answer : undefined;
    if (answer === "silent") return Date.now() - began > readyMs ? answer : undefined;
    return answer;
  }, recoveryMs + readyMs);
  if (state === "ready") return child;
  await endChild(child, stopSteps);
  const reason =
    state === "refused" ? "it does not accept the password in secrets.json" : await lastComplaint(server.logFile);
  throw new StartError(`The embedded Postgres does not start: ${reason} (more in ${server.logFile}).`);
}
