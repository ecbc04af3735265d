/**
 * What every request to this server meets first. The poll, the stream and posted scores are answered on Node's own
 * request and response, the rest of the API through the same web-standard handlers that Next would call, and everything
 * else by Next.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { RungsError } from "@/lib/domain/errors";
import { refuseStream } from "@/lib/live/hub";
import type { Window } from "@/lib/live/view";
import type { Services } from "@/lib/services";
import { boardReply, type Conditions, heldReply, type Reply, windowQuery } from "./board-reply";
import { openToPages } from "./cors";
import { fixedHeaders } from "./fixed-headers";
import type { RouteHandler } from "./handle";
import { NodeSink } from "./node-sink";
import { postOfNode, postScores, type ScoresPost } from "./post-scores";
import { problemFor } from "./problem";
import { readHead } from "./request-head";
import { type Params, type RouteModule, RouteTable } from "./route-table";
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
  const fixed = fixedHeaders(services.env.publicUrl);
  return (request, response) => {
    const refusal = readHead(request);
    const hot = request.method === "GET" && !refusal ? hotRoute(request.url ?? "/") : null;
    if (hot?.window && sendHeld(services, hot.boardId, hot.window, request, response)) return;
    // Held polls have them in their list, which Node writes fastest where none were set before.
    for (let i = 0; i < fixed.length; i += 2) response.setHeader(fixed[i] ?? "", fixed[i + 1] ?? "");
    if (refusal) {
      sendProblem(services, refusal, request, response);
      return;
    }
    if (request.url === "*") {
      response.writeHead(204, { allow: "GET, HEAD, POST, PATCH, DELETE, OPTIONS" }).end();
      return;
    }
    const posted = request.method === "POST" ? scoresRoute(services, request) : null;
    if (posted) {
      sendScores(services, posted.boardId, posted.post, response).catch((error: unknown) => {
        sendProblem(services, error, request, response);
      });
      return;
    }
    if (hot) {
      const reply = hot.stream ? sendStream : sendBoard;
      reply(services, hot.boardId, hot.search, request, response).catch((error: unknown) => {
        sendProblem(services, error, request, response, openToPages);
      });
      return;
    }
    services.clientAddresses.stamp(request);
    if (table.covers(request.url ?? "/")) void web(request, response);
    else next(request, response);
  };
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

function scoresRoute(services: Services, request: IncomingMessage): { boardId: string; post: ScoresPost } | null {
  const path = request.url ?? "/";
  const boardId = scoresPath.exec(path)?.[1];
  const post = boardId ? postOfNode(request, services.clientAddresses.of(request)) : null;
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
  if (!watch) {
    refuseStream(new NodeSink(response), "unavailable");
    return;
  }
  const address = services.clientAddresses.of(request);
  await services.hub.open(boardId, new NodeSink(response), { ...watch, address });
};

function sendProblem(
  services: Services,
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  more: Record<string, string> = {},
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  const { status, headers, body } = problemFor(error, path, services);
  response.writeHead(status, { ...headers, ...more, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

async function answer(services: Services, table: RouteTable, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const refuse = (error: RungsError, more: Record<string, string> = {}) => {
    const { status, headers, body } = problemFor(error, pathname, services);
    return new Response(body, { status, headers: { ...headers, ...more } });
  };
  const found = table.find(pathname);
  if (!found) return refuse(new RungsError("not-found", "There is nothing at this address."));
  const methods = found.module as Methods;
  const allow = { allow: allowed(methods) };
  if (request.method === "OPTIONS") {
    const reply = await methods.OPTIONS?.(request, { params: Promise.resolve(found.params) });
    return new Response(null, { status: 204, headers: { ...Object.fromEntries(reply?.headers ?? []), ...allow } });
  }
  const handler = methods[request.method] ?? (request.method === "HEAD" ? methods.GET : undefined);
  if (!handler) return refuse(new RungsError("method-not-allowed", `Use ${allow.allow}.`), allow);
  return inPreferredEncoding(request, await handler(request, { params: Promise.resolve(found.params) }));
}

function allowed(methods: Methods): string {
  const own = ["GET", "HEAD", "POST", "PATCH", "DELETE"].filter((one) => methods[one === "HEAD" ? "GET" : one]);
  return [...own, "OPTIONS"].join(", ");
}

/** What came in cannot be made a request of; its address is not known well enough to repeat it. */
function unreadable(services: Services, error: unknown): Response {
  const refused = error instanceof Error && error.name === "RequestError";
  const reason = refused ? new RungsError("bad-request", "The address or the Host header is not well-formed.") : error;
  const { status, headers, body } = problemFor(reason, "/", services);
  return new Response(body, { status, headers });
}
