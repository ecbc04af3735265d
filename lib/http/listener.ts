/**
 * What every request to this server meets first. The poll, the stream and posted scores are answered on Node's own
 * request and response, the rest of the API through the same web-standard handlers that Next would call, and everything
 * else by Next.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { addressOf, stampClientAddress } from "@/lib/auth/client-address";
import { RungsError } from "@/lib/domain/errors";
import type { Window } from "@/lib/live/view";
import type { Services } from "@/lib/services";
import { boardReply, type Conditions, heldReply, type Reply, windowQuery } from "./board-reply";
import type { RouteHandler } from "./handle";
import { NodeSink } from "./node-sink";
import { invalidParameter } from "./parse";
import { postOfNode, postScores, type ScoresPost } from "./post-scores";
import { problemFor } from "./problem";
import { type Params, type Route, type RouteModule, RouteTable } from "./route-table";
import { readWatch } from "./stream";
import { inPreferredEncoding } from "./tagged";

type Methods = Record<string, RouteHandler<Params>>;

export function createListener(
  services: Services,
  routes: Readonly<Record<string, RouteModule>>,
  next: RequestListener,
): RequestListener {
  const table = new RouteTable(routes);
  const web = getRequestListener((request) => answer(services, table, request), {
    overrideGlobalObjects: false,
    errorHandler: (error) => unreadable(services, error),
  });
  return (request, response) => {
    const twice = repeatedHeader(request);
    if (twice) {
      const refusal = invalidParameter(twice, "must be sent once");
      sendProblem(services, refusal, request, response);
      return;
    }
    const posted = request.method === "POST" ? scoresRoute(request) : null;
    if (posted) {
      sendScores(services, posted.boardId, posted.post, response).catch((error: unknown) => {
        sendProblem(services, error, request, response);
      });
      return;
    }
    const hot = request.method === "GET" ? hotRoute(request.url ?? "/") : null;
    if (hot) {
      if (hot.window && sendHeld(services, hot.boardId, hot.window, request, response)) return;
      const reply = hot.stream ? sendStream : sendBoard;
      reply(services, hot.boardId, hot.search, request, response).catch((error: unknown) => {
        sendProblem(services, error, request, response);
      });
      return;
    }
    stampClientAddress(request, services.env.trustProxy);
    if (table.covers(request.url ?? "/")) void web(request, response);
    else next(request, response);
  };
}

/** Headers that decide what a request means; which of two was meant cannot be guessed. By first letter and length. */
const singleHeaders = new Map(
  ["authorization", "idempotency-key", "content-type", "last-event-id"].map((name) => [keyOf(name), name]),
);

function keyOf(name: string): number {
  // With that bit a capital letter is a small one.
  return ((name.charCodeAt(0) | 0x20) << 8) | name.length;
}

function repeatedHeader({ rawHeaders }: IncomingMessage): string | null {
  let seen: string[] | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const given = rawHeaders[i] ?? "";
    const name = singleHeaders.get(keyOf(given));
    if (name === undefined || given.toLowerCase() !== name) continue;
    if (seen?.includes(name)) return name;
    seen = [...(seen ?? []), name];
  }
  return null;
}

const hotPath = /^\/api\/v1\/boards\/([a-z0-9-]{1,63})(\/stream)?(?:\?(.*))?$/;

interface HotRoute {
  boardId: string;
  stream: boolean;
  search: URLSearchParams;
  /** Of a poll whose parameters are good. */
  window: Window | null;
}

/** Viewers ask for the same few addresses again and again. */
const hotRoutes = new Map<string, HotRoute>();
const rememberedMax = 4_096;
const rememberedUrlMax = 256;

function hotRoute(url: string): HotRoute | null {
  const known = hotRoutes.get(url);
  if (known) return known;
  const [, boardId, isStream, query = ""] = hotPath.exec(url) ?? [];
  if (!boardId) return null;
  const search = new URLSearchParams(query);
  const stream = isStream !== undefined;
  const read = stream ? undefined : windowQuery.safeParse(Object.fromEntries(search));
  // What is wrong, a parameter given twice included, is told by whoever reads them again.
  const good = read?.success && new Set(search.keys()).size === search.size;
  const route = { boardId, stream, search, window: good ? read.data : null };
  if (hotRoutes.size >= rememberedMax) hotRoutes.clear();
  if (url.length <= rememberedUrlMax) hotRoutes.set(url, route);
  return route;
}

type Send = (
  services: Services,
  boardId: string,
  search: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

/** Most polls find everything ready, and are answered in the same turn. */
function sendHeld(
  services: Services,
  boardId: string,
  window: Window,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const reply = heldReply(services, boardId, window, conditionsOf(request));
  if (reply) send(reply, response);
  return reply !== null;
}

const sendBoard: Send = async (services, boardId, search, request, response) => {
  send(await boardReply(services, boardId, search, conditionsOf(request)), response);
};

function conditionsOf({ headers }: IncomingMessage): Conditions {
  return { ifNoneMatch: headers["if-none-match"], acceptEncoding: headers["accept-encoding"] };
}

function send({ status, headers, body }: Reply, response: ServerResponse): void {
  response.writeHead(status, headers as string[]);
  response.end(body);
}

const scoresPath = /^\/api\/v1\/boards\/([a-z0-9-]{1,63})\/scores$/;

function scoresRoute(request: IncomingMessage): { boardId: string; post: ScoresPost } | null {
  const path = request.url ?? "/";
  const boardId = scoresPath.exec(path)?.[1];
  const post = boardId ? postOfNode(request, path) : null;
  return boardId && post ? { boardId, post } : null;
}

async function sendScores(services: Services, boardId: string, post: ScoresPost, response: ServerResponse) {
  const { reply, replayed } = await postScores(services, boardId, post);
  const headers = ["content-type", "application/json", "cache-control", "no-store"];
  headers.push("content-length", String(Buffer.byteLength(reply)));
  if (replayed) headers.push("idempotent-replayed", "true");
  response.writeHead(200, headers);
  response.end(reply);
}

const sendStream: Send = async (services, boardId, search, request, response) => {
  const lastEventId = request.headers["last-event-id"];
  const watch = await readWatch(services, boardId, search, Array.isArray(lastEventId) ? lastEventId[0] : lastEventId);
  if (response.destroyed) return;
  const address = addressOf(request, services.env.trustProxy);
  await services.hub.open(boardId, new NodeSink(response), { ...watch, address });
};

function sendProblem(services: Services, error: unknown, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  const { status, headers, body } = problemFor(error, path, services.logger);
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

async function answer(services: Services, table: RouteTable, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const refuse = (error: RungsError, more: Record<string, string> = {}) => {
    const { status, headers, body } = problemFor(error, pathname, services.logger);
    return new Response(body, { status, headers: { ...headers, ...more } });
  };
  let found: Route | null;
  try {
    found = table.find(pathname);
  } catch {
    return refuse(new RungsError("not-found", "The address is not well-formed."));
  }
  if (!found) return refuse(new RungsError("not-found", "There is nothing at this address."));
  const methods = found.module as Methods;
  const handler = methods[request.method] ?? (request.method === "HEAD" ? methods.GET : undefined);
  if (!handler) {
    const allow = ["GET", "HEAD", "POST", "PATCH", "DELETE"].filter((one) => methods[one === "HEAD" ? "GET" : one]);
    return refuse(new RungsError("method-not-allowed", `Use ${allow.join(", ")}.`), { allow: allow.join(", ") });
  }
  return inPreferredEncoding(request, await handler(request, { params: Promise.resolve(found.params) }));
}

/** What came in cannot be made a request of; its address is not known well enough to repeat it. */
function unreadable({ logger }: Services, error: unknown): Response {
  const refused = error instanceof Error && error.name === "RequestError";
  const reason = refused ? new RungsError("bad-request", "The address or the Host header is not well-formed.") : error;
  const { status, headers, body } = problemFor(reason, "/", logger);
  return new Response(body, { status, headers });
}
