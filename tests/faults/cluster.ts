/** Three instances on a database of their own and the shared Redis, each behind proxies of its own, and what is in front. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openDatabase } from "@/db/client";
import { createApiKeys } from "@/lib/auth/api-keys";
import { createHttpClient, type HttpClient, type HttpReply } from "@/tests/support/http-client";
import { startDeployedNginx } from "@/tests/support/nginx-process";
import { type RedisCluster, startRedisCluster } from "@/tests/support/redis-cluster";
import { silentLog } from "@/tests/support/silent-log";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";
import { startUpstashServer } from "@/tests/support/upstash-server";
import { type Balancer, startBalancer } from "./balancer";
import { type RunBoard, settingsOf } from "./boards";
import { type Instance, startInstance } from "./instances";
import type { Stores } from "./stores";
import type { Ways } from "./ways";

export interface Member {
  instance: Instance;
  postgres: TcpProxy;
  /** Its connection that listens for changes is the marked one. */
  redis: TcpProxy;
  http: HttpClient;
}

export interface Cluster {
  members: Member[];
  balancer: Balancer;
  http: HttpClient;
  /** With the API key that is in use now. */
  authorization: string;
  /** Makes further API keys, as headers. */
  newAuthorizations(count: number): Promise<string[]>;
  /** Past all proxies. */
  databaseUrl: string;
  create(board: RunBoard): Promise<void>;
  remove(board: RunBoard): Promise<void>;
  /** In place of the shared Redis, for faults that ask for one. Instances reach its nodes past their proxies. */
  redisCluster: RedisCluster | undefined;
  /** One more instance, on another database and the same Redis, past all proxies. Rejects when it ends instead. */
  startBeside(databaseUrl: string): Promise<Instance>;
  close(): Promise<void>;
}

export interface ClusterOptions {
  stores: Stores;
  ways: Ways;
  onRedisCluster: boolean;
  program: string;
  logFolder: string;
  onCrash(instance: number | string, how: string): void;
}

const instances = 3;
const attemptsMax = 40;
const attemptEveryMs = 250;
const authSecret = "only-for-runs-of-the-fault-runner-0123456789";

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { stores, ways } = options;
  const database = await stores.newDatabase();
  const redisCluster = options.onRedisCluster ? await startRedisCluster({ replicas: true }) : undefined;
  const redis = redisCluster
    ? clusterWay(stores.redis.url, redisCluster)
    : await (ways.redis === "rest" ? restBefore(stores.redis.url) : tcpTo(stores.redis.url));
  const members = await Promise.all(
    Array.from({ length: instances }, (_, i) => startMember(options, database.url, redis, i)),
  );
  const ports = members.map(({ instance }) => instance.port);
  const nginx = ways.front === "nginx" ? await startNginx(ports, join(stores.folder, "nginx")) : undefined;
  const balancer = await startBalancer(nginx ? [nginx.port] : ports);
  const http = createHttpClient(balancer.port);
  const newAuthorizations = (count: number) => createKeys(database.url, count);
  const [authorization = ""] = await newAuthorizations(1);
  const headers = { authorization, "content-type": "application/json" };
  return {
    members,
    balancer,
    http,
    authorization,
    newAuthorizations,
    databaseUrl: database.url,
    async create(board) {
      const body = JSON.stringify(settingsOf(board));
      await untilDone(201, () => http.send({ method: "POST", path: "/api/v1/boards", headers, body }));
    },
    async remove({ id }) {
      await untilDone(204, () => http.send({ method: "DELETE", path: `/api/v1/boards/${id}`, headers }));
    },
    redisCluster,
    startBeside: (databaseUrl) =>
      startOn(options, databaseUrl, { ...redis.env(redis.url), PUBLIC_URL: "http://beside.example" }, "beside"),
    async close() {
      http.close();
      await balancer.close();
      await nginx?.stop();
      await Promise.all(members.map(closeMember));
      await redis.close();
      await database.drop();
      await stores.redis.command("FLUSHALL");
    },
  };
}

/** Repeats a request while the server cannot take it, as right after Postgres went away. */
async function untilDone(status: number, send: () => Promise<HttpReply>): Promise<void> {
  for (let attempts = 1; ; attempts++) {
    const reply = await send().catch((error: Error) => error);
    if (!(reply instanceof Error) && reply.status === status) return;
    const isUnavailable = reply instanceof Error || reply.status >= 500;
    const what = reply instanceof Error ? reply.message : `${reply.status} ${reply.text}`;
    if (!isUnavailable || attempts === attemptsMax) throw new Error(`a board was neither made nor removed: ${what}`);
    await wait(attemptEveryMs);
  }
}

/** Where instances find Redis, and the words by which one subscribes there. */
interface RedisWay {
  url: string;
  subscribes: RegExp;
  env(throughProxy: string): Record<string, string>;
  close(): Promise<void>;
}

function tcpTo(url: string): RedisWay {
  return { url, subscribes: /\r\nsubscribe\r\n/i, env: (REDIS_URL) => ({ REDIS_URL }), close: async () => undefined };
}

/** The proxies are there, and lead to the shared Redis, which is not used. */
function clusterWay(url: string, { url: clusterUrl, stop }: RedisCluster): RedisWay {
  return { url, subscribes: /^never$/, env: () => ({ REDIS_URL: clusterUrl }), close: stop };
}

async function restBefore(redisUrl: string): Promise<RedisWay> {
  const { url, token, close } = await startUpstashServer({ redisUrl });
  const env = (through: string) => ({ UPSTASH_REDIS_REST_URL: through, UPSTASH_REDIS_REST_TOKEN: token });
  return { url, subscribes: /^POST \/subscribe\//, env, close };
}

async function startNginx(ports: number[], folder: string): Promise<{ port: number; stop(): Promise<void> }> {
  await mkdir(folder);
  const { port, stop } = await startDeployedNginx(folder, ports);
  return { port, stop: () => stop().then(() => rm(folder, { recursive: true, force: true })) };
}

async function startMember(options: ClusterOptions, databaseUrl: string, way: RedisWay, i: number): Promise<Member> {
  const postgresUrl = options.stores.pooler?.through(databaseUrl) ?? databaseUrl;
  const postgres = await startTcpProxy(postgresUrl);
  const redis = await startTcpProxy(way.url, { mark: (sent) => way.subscribes.test(sent.toString("latin1")) });
  const instance = await startOn(options, postgres.through(postgresUrl), way.env(redis.through(way.url)), i);
  return { instance, postgres, redis, http: createHttpClient(instance.port) };
}

function startOn(options: ClusterOptions, databaseUrl: string, more: Record<string, string>, name: number | string) {
  return startInstance({
    program: options.program,
    env: { LOG_LEVEL: "info", AUTH_SECRET: authSecret, DATABASE_URL: databaseUrl, ...more },
    logFile: join(options.logFolder, `instance-${name}.log`),
    onCrash: (how) => options.onCrash(name, how),
  });
}

async function closeMember({ instance, postgres, redis, http }: Member): Promise<void> {
  http.close();
  await instance.kill();
  await Promise.all([postgres.close(), redis.close()]);
}

async function createKeys(databaseUrl: string, count: number): Promise<string[]> {
  const database = openDatabase(databaseUrl);
  const apiKeys = createApiKeys({ database, ...silentLog() });
  const authorizations: string[] = [];
  for (let i = 0; i < count; i++) {
    const { key } = await apiKeys.create({ name: "faults", scopes: ["scores:write", "boards:manage"], boards: null });
    authorizations.push(`Bearer ${key}`);
  }
  await apiKeys.close();
  await database.close();
  return authorizations;
}
