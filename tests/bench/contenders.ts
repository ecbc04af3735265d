/** Rungs with a board of a hundred players, by its own server and under plain `next start`. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { openDatabase } from "@/db/client";
import { migrateDatabase } from "@/db/migrate";
import { createApiKeys } from "@/lib/auth/api-keys";
import { freePort } from "@/lib/embedded/free-port";
import { silentLog } from "@/tests/support/silent-log";
import { newFolder } from "./folder";
import { newProbe } from "./probe";
import { program, start } from "./processes";
import type { ProbeReading } from "./programs/probe";

export interface Contender {
  url: string;
  /** The processes at the roots of all that serves it, the server first. */
  pids: number[];
  /** Has the server, if it is Node's, collect its garbage, and looks into it. */
  probe?(): Promise<ProbeReading>;
  stop(): Promise<void>;
}

export interface RungsContender extends Contender {
  /** A board with scores of `player-0` to `player-99`, the last one ahead. */
  boardId: string;
  databaseUrl: string;
  redisUrl: string | undefined;
  /** Of a key that may do everything. */
  headers: Record<string, string>;
  /** Sends JSON and gives the JSON of the reply, or fails. */
  call(method: string, path: string, body: object): Promise<unknown>;
  /** Switches the board to streaming. */
  stream(): Promise<void>;
}

export interface ServerOptions {
  /** Files the server may have open at once. */
  openFiles?: number;
  /** A checkout of Rungs whose build is started; this one when left out. */
  checkout?: string;
}

const players = 100;

/** Rungs as `npm start` runs it, on embedded stores in a temporary folder. */
export async function startRungs({ openFiles, checkout = process.cwd() }: ServerOptions = {}): Promise<RungsContender> {
  const folder = await newFolder();
  const probe = await newProbe();
  const server = await start(
    {
      args: [join(checkout, "scripts", "start.mjs")],
      env: { ...baseEnv(folder.path), PORT: "0", ...probe.env },
      ...(openFiles && { openFiles }),
    },
    /is running at \S+/,
  );
  const { databaseUrl, redisUrl } = JSON.parse(await readFile(join(folder.path, "runtime.json"), "utf8"));
  const url = /is running at (\S+)/.exec(server.output)?.[1] ?? "";
  const stop = async () => {
    await server.stop();
    await folder.remove();
  };
  const contender = {
    url: url.replace("localhost", "127.0.0.1"),
    pids: [server.pid],
    probe: () => probe.read(server.pid),
    stop,
  };
  const isOwn = checkout === process.cwd();
  const key = isOwn ? await createKey(databaseUrl) : await createKeyOf(checkout, folder.path);
  return furnished(contender, databaseUrl, redisUrl, key);
}

/** The same build under plain `next start`, on embedded stores of its own. */
export async function startNext({ openFiles }: ServerOptions = {}): Promise<RungsContender> {
  const folder = await newFolder();
  const probe = await newProbe();
  const stores = await start({ args: [program("stores")], env: baseEnv(folder.path) }, /^\{.*\}$/m);
  const { databaseUrl, redis } = JSON.parse(stores.output);
  const redisUrl: string | undefined = redis?.url;
  const port = await freePort();
  const database = openDatabase(databaseUrl);
  await migrateDatabase(database, "db/migrations");
  await database.close();
  const where = { DATABASE_URL: databaseUrl, ...(redisUrl && { REDIS_URL: redisUrl }) };
  const next = await start(
    {
      args: ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", String(port)],
      env: { ...baseEnv(folder.path), ...where, AUTH_SECRET: "a secret of the benchmark, known to all", ...probe.env },
      ...(openFiles && { openFiles }),
    },
    /Ready/,
  );
  const stop = async () => {
    await next.stop();
    await stores.stop();
    await folder.remove();
  };
  const contender = {
    url: `http://127.0.0.1:${port}`,
    pids: [next.pid, stores.pid],
    probe: () => probe.read(next.pid),
    stop,
  };
  return furnished(contender, databaseUrl, redisUrl, await createKey(databaseUrl));
}

async function furnished(
  contender: Contender,
  databaseUrl: string,
  redisUrl: string | undefined,
  key: string,
): Promise<RungsContender> {
  const boardId = "bench";
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const call: RungsContender["call"] = async (method, path, body) => {
    const response = await fetch(contender.url + path, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  await call("POST", "/api/v1/boards", { id: boardId, name: "Bench", operator: "set" });
  const scores = Array.from({ length: players }, (_, i) => ({
    player: `player-${i}`,
    name: `Player ${i}`,
    score: 1000 + i,
  }));
  await call("POST", `/api/v1/boards/${boardId}/scores`, { scores });
  return {
    ...contender,
    boardId,
    databaseUrl,
    redisUrl,
    headers,
    call,
    stream: async () => {
      await call("PATCH", `/api/v1/boards/${boardId}`, { delivery: "sse" });
    },
  };
}

async function createKey(databaseUrl: string): Promise<string> {
  const database = openDatabase(databaseUrl);
  const apiKeys = createApiKeys({ database, ...silentLog() });
  const { key } = await apiKeys.create({ name: "bench", scopes: ["scores:write", "boards:manage"], boards: null });
  await apiKeys.close();
  await database.close();
  return key;
}

/** By the other checkout's own command, since its tables may differ from this one's. */
async function createKeyOf(checkout: string, dataDir: string): Promise<string> {
  const create = ["key", "create", "--name", "bench", "--scopes", "scores:write,boards:manage"];
  const args = [join(checkout, "scripts", "rungs.mjs"), ...create];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: baseEnv(dataDir) });
  return stdout.trim();
}

/** Nothing of this machine's settings; the load names a sender's address of its own, since one may open few streams. */
export function baseEnv(dataDir: string): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TZ } = process.env;
  return {
    ...{ PATH, HOME, LANG, TZ },
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    DATA_DIR: dataDir,
    LOG_LEVEL: "warn",
  };
}
