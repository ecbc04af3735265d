/** One build, one database, one Redis, and two ways to serve them: Rungs' own server, and plain `next start`. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { openDatabase } from "@/db/client";
import { createApiKeys } from "@/lib/auth/api-keys";
import { freePort } from "@/lib/embedded/free-port";
import { authSecret } from "./auth";
import { createHttpClient, type HttpClient, type HttpReply } from "./http-client";
import { createTestDatabase } from "./postgres";
import { type Program, runProgram } from "./program";
import { redisUrl } from "./redis";
import { startRungs } from "./server";
import { silentLog } from "./silent-log";

export interface Server extends HttpClient {
  program: Program;
  port: number;
}

export interface BothServers {
  own: Server;
  plain: Server;
  /** Of a key that may post scores and manage boards. */
  authorization: string;
  stop(): Promise<void>;
}

export async function startBothServers(): Promise<BothServers> {
  const databaseUrl = await createTestDatabase();
  const stores = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl(), AUTH_SECRET: authSecret };
  const env = { ...stores, LOG_LEVEL: "warn", NODE_ENV: "production" };
  const rungs = await startRungs({ env });
  const port = await freePort();
  const next = runProgram({ args: ["node_modules/next/dist/bin/next", "start", "-p", String(port)], env });
  const programs = [rungs, next];
  const own = serverOf(rungs, Number(new URL(rungs.url).port));
  const plain = serverOf(next, port);
  const stop = async () => {
    for (const one of [own, plain]) one.close();
    await Promise.all(programs.map((program) => program.stop()));
  };
  try {
    await next.prints(/Ready/);
    return { own, plain, authorization: `Bearer ${await createKey(databaseUrl)}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const headersThatMatter = [
  ...["content-type", "etag", "cache-control", "poll-interval", "x-accel-buffering"],
  ...["retry-after", "www-authenticate", "idempotent-replayed", "x-content-type-options"],
  ...["access-control-allow-origin", "access-control-expose-headers", "access-control-allow-methods"],
];

/** What a client goes by. Each process reads a board at a moment of its own, and compresses in its own way. */
export function essence(reply: HttpReply) {
  const headers = Object.fromEntries(headersThatMatter.map((name) => [name, reply.headers[name]]));
  return { status: reply.status, headers, body: withoutTimes(decoded(reply)) };
}

/** Nor is one request's id another's. */
export function withoutTimes(body: string): string {
  return body.replace(/"asOf":"[^"]*"/, "").replace(/,"request_id":"[^"]*"/, "");
}

function decoded({ headers, bytes }: HttpReply): string {
  const encoding = headers["content-encoding"];
  if (encoding === "gzip") return gunzipSync(bytes).toString();
  return (encoding === "br" ? brotliDecompressSync(bytes) : bytes).toString();
}

function serverOf(program: Program, port: number): Server {
  return { ...createHttpClient(port), program, port };
}

async function createKey(databaseUrl: string): Promise<string> {
  const database = openDatabase(databaseUrl);
  const apiKeys = createApiKeys({ database, ...silentLog() });
  const { key } = await apiKeys.create({ name: "parity", scopes: ["scores:write", "boards:manage"], boards: null });
  await apiKeys.close();
  await database.close();
  return key;
}
