/** Rungs' HTTP API in the test's own process, without Next: the listener of server.ts on a port of its own. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { routes } from "@/app/api/routes";
import { acceptInvitation } from "@/lib/auth/accept-invitation";
import { createFirstOrganizerLink } from "@/lib/auth/first-organizer";
import type { Bodies } from "@/lib/body-memory";
import type { ApiScope } from "@/lib/domain/access";
import { type Board, createBoardInput } from "@/lib/domain/board";
import { readEnv } from "@/lib/env";
import type { TapesOptions } from "@/lib/history/tapes";
import { createListener } from "@/lib/http/listener";
import { createNodeServer } from "@/lib/http/node-server";
import type { KeeperOptions } from "@/lib/inbox/keeper";
import { createBoard } from "@/lib/leaderboard/create-board";
import type { HubOptions } from "@/lib/live/hub";
import type { Logger } from "@/lib/logger";
import { createServices, type Services } from "@/lib/services";
import { authSecret, cookieOf, goodPassword } from "./auth";
import { createHttpClient, type HttpClient, type HttpReply } from "./http-client";
import { tokenOf } from "./join-links";
import { createTestDatabase } from "./postgres";
import { redisUrl } from "./redis";

export interface ApiOptions {
  /** A new database when left out. */
  databaseUrl?: string;
  /** The test run's Redis when left out; null keeps ranks in this process. */
  redisUrl?: string | null;
  /** False leaves out sweep and change feed. */
  background?: boolean;
  /** Shorter intervals than a viewer would want. */
  hub?: HubOptions;
  keeper?: KeeperOptions;
  /** Lower limits than a real board meets. */
  tapes?: TapesOptions;
  bodies?: Bodies;
  /** Silent when left out. */
  logger?: Logger;
  logRequests?: boolean;
  /** Settings other than the tests' own. */
  env?: Record<string, string>;
}

type Headers = Record<string, string>;
type BoardSettings = Partial<Omit<Board, "uid" | "revision">>;

export interface ApiServer extends HttpClient {
  port: number;
  services: Services;
  databaseUrl: string;
  get(path: string, headers?: Headers): Promise<HttpReply>;
  /** Sends JSON; a string or a buffer goes as it is. */
  call(method: string, path: string, body?: unknown, headers?: Headers): Promise<HttpReply>;
  /** Posts scores with the server's own writing key. */
  score(board: string, body: unknown, headers?: Headers, query?: string): Promise<HttpReply>;
  newKey(scopes: ApiScope[], boards?: string[] | null): Promise<{ id: string; authorization: string }>;
  /** Gives the new board's id. */
  newBoard(settings?: BoardSettings): Promise<string>;
  /** Headers of a signed-in organizer's browser. Once per database. */
  signIn(): Promise<Headers>;
  /** Rows by table, to see that nothing was written; but for the outbox, which empties by itself. */
  rows(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** One at a time: routes take their services from the process. */
export async function startApi(options: ApiOptions = {}): Promise<ApiServer> {
  const databaseUrl = options.databaseUrl ?? (await createTestDatabase());
  const redis = options.redisUrl === undefined ? redisUrl() : options.redisUrl;
  // The tests' own address is no proxy's, and a test asks for everything from that one.
  const reads = { READ_PERCENT: "100", READ_PERCENT_PER_ADDRESS: "100" };
  const settings = { NODE_ENV: "test", AUTH_SECRET: authSecret, TRUSTED_PROXIES: "none", ...reads } as const;
  const LOG_REQUESTS = options.logRequests ? "1" : "0";
  const stores = redis && { REDIS_URL: redis };
  const env = readEnv({ ...settings, LOG_REQUESTS, ...stores, ...options.env } as NodeJS.ProcessEnv);
  const { background = true, hub = {}, keeper = {}, tapes = {}, bodies, logger = pino({ level: "silent" }) } = options;
  const parts = { background, hub, keeper, tapes, ...(bodies && { bodies }) };
  const services = await createServices({ ...env, databaseUrl }, logger, parts);
  const listener = createListener(services, routes, (_request, response) => {
    response.writeHead(404).end("a page, perhaps");
  });
  const server = createNodeServer(services.env.publicUrl, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = createHttpClient(port);
  const { authorization } = await newKey(services, ["scores:write"], null);

  const call: ApiServer["call"] = (method, path, body, headers = {}) => {
    const written = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const type: Headers = body === undefined ? {} : { "content-type": "application/json" };
    return client.send({
      method,
      path,
      headers: { ...type, ...headers },
      ...(body !== undefined && { body: written }),
    });
  };
  return {
    ...client,
    port,
    services,
    databaseUrl,
    call,
    get: (path, headers = {}) => client.send({ path, headers }),
    score: (board, body, headers = {}, query = "") =>
      call("POST", `/api/v1/boards/${board}/scores${query}`, body, { authorization, ...headers }),
    newKey: (scopes, boards = null) => newKey(services, scopes, boards),
    newBoard: (settings = {}) => newBoard(services, settings),
    signIn: () => signIn(services),
    rows: () => countRows(services),
    async close() {
      client.close();
      services.drain();
      server.close();
      server.closeAllConnections();
      await services.close();
    },
  };
}

async function newKey({ apiKeys }: Services, scopes: ApiScope[], boards: string[] | null) {
  const { id, key } = await apiKeys.create({ name: "a test", scopes, boards });
  return { id, authorization: `Bearer ${key}` };
}

async function newBoard(services: Services, settings: BoardSettings): Promise<string> {
  const id = settings.id ?? `b-${randomBytes(5).toString("hex")}`;
  return (await createBoard(services, createBoardInput.parse({ name: "A board", ...settings, id }))).id;
}

async function signIn(services: Services): Promise<Headers> {
  const token = tokenOf(await createFirstOrganizerLink(services));
  const input = { token, name: "Ada", email: "ada@example.com", password: goodPassword };
  const { cookies } = await acceptInvitation(services, input, new Headers());
  return { cookie: cookieOf(cookies), "sec-fetch-site": "same-origin" };
}

async function countRows({ database: { sql } }: Services): Promise<Record<string, number>> {
  const [row] = await sql<Record<string, number>[]>`
    select (select count(*) from boards) as boards, (select coalesce(sum(revision), 0) from boards) as revisions,
           (select count(*) from score_events) as events, (select count(*) from standings) as standings,
           (select count(*) from idempotency_replies) as replies,
           (select count(*) from api_keys) as keys, (select count(*) from invitations) as invitations,
           (select count(*) from organizers) as organizers, (select count(*) from organizer_sessions) as sessions`;
  return row ?? {};
}
