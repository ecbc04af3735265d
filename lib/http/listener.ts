/**
 * What every request to this server meets first. The poll, the stream and posted scores are answered on Node's own
 * request and response, the rest of the API through the same web-standard handlers that Next would call, and everything
 * else by Next.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { pollRoute } from "@/lib/http-metrics";
import { refuseStream } from "@/lib/live/hub";
import type { Window } from "@/lib/live/view";
import type { Admit } from "@/lib/read-gate/read-gate";
import type { Services } from "@/lib/services";
import { boardReply, type Conditions, heldReply, type Reply, windowQuery } from "./board-reply";
import { openToPages } from "./cors";
import { fixedHeaders } from "./fixed-headers";
import { leavingOf } from "./gated-pages";
import { NodeSink } from "./node-sink";
import { postOfNode, postScores, type ScoresPost } from "./post-scores";
import { problemFor } from "./problem";
import { readHead } from "./request-head";
import { requestIdHeader, requestIdOf, stampRequestId } from "./request-id";
import { Followed, RequestLog } from "./request-log";
import type { RouteModule } from "./route-table";
import { readWatch } from "./stream";
import { createWebRoutes } from "./web-routes";

export function createListener(
  services: Services,
  routes: Readonly<Record<string, RouteModule>>,
  next: RequestListener,
): RequestListener {
  const web = createWebRoutes(services, routes);
  const log = new RequestLog(services);
  const fixed = fixedHeaders(services.env.publicUrl);
  const fixedList = fixed.flat();
  return (request, response) => {
    const refusal = readHead(request);
    const hot = request.method === "GET" && !refusal ? hotRoute(request.url ?? "/") : null;
    const requestId = requestIdOf(request.headers[requestIdHeader]);
    const held = hot?.window ? sendHeld(services, hot.boardId, hot.window, request, response, requestId) : null;
    if (held) return log.held(request, held, requestId);
    request.headers[requestIdHeader] = requestId;
    const entry = new Followed(log, request, response, routeOf(request, hot));
    const setHeaders = () => {
      for (const [name, value] of fixed) response.setHeader(name, value);
      response.setHeader(requestIdHeader, requestId);
    };
    const posted = request.method === "POST" && !refusal ? scoresRoute(services, request) : null;
    if (posted) {
      entry.route = scoresTemplate;
      const common = [...fixedList, requestIdHeader, requestId];
      sendScores(services, posted.boardId, posted.post, response, common).catch((error: unknown) => {
        if (!response.headersSent) setHeaders();
        sendProblem(services, error, request, response);
      });
      return;
    }
    setHeaders();
    if (isReading.has(request.method) && hasBody(request)) request.resume();
    if (refusal) {
      sendProblem(services, refusal, request, response, openToPages);
      return;
    }
    if (request.url === "*") {
      response.writeHead(204, { allow: "GET, HEAD, POST, PATCH, DELETE, OPTIONS" }).end();
      return;
    }
    if (hot) {
      const reply = hot.stream ? sendStream : sendBoard;
      reply(services, hot.boardId, hot.search, request, response)
        .then(() => hot.stream && entry.streams())
        .catch((error: unknown) => sendProblem(services, error, request, response, openToPages));
      return;
    }
    services.clientAddresses.stamp(request);
    stampRequestId(request, requestId);
    if (web.covers(request.url ?? "/")) web.serve(request, response, entry);
    else next(request, response);
  };
}

/** Their bodies are dropped as they arrive: nobody reads them, and a stream would keep them to its end. */
const isReading = new Set<string | undefined>(["GET", "HEAD"]);

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

const scoresTemplate = "/api/v1/boards/{board}/scores";

/** Before it is known better. */
function routeOf({ url = "/" }: IncomingMessage, hot: HotRoute | null): string {
  if (hot) return hot.stream ? `${pollRoute}/stream` : pollRoute;
  if (url.startsWith("/_next/static/")) return "assets";
  return url.startsWith("/api/") ? "unknown" : "pages";
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
const rememberedMax = 1_024;
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
  requestId: string,
): 200 | 304 | null {
  const reply = heldReply(services, boardId, window, conditionsOf(request));
  if (!reply) return null;
  response.writeHead(reply.status, [...reply.headers, requestIdHeader, requestId]);
  response.end(reply.body);
  return reply.status;
}

const sendBoard: Send = async (services, boardId, search, request, response) => {
  const admit = admitOf(services, request, response);
  send(await boardReply(services, boardId, search, conditionsOf(request), admit), response);
};

function conditionsOf({ headers }: IncomingMessage): Conditions {
  return { ifNoneMatch: headers["if-none-match"], acceptEncoding: headers["accept-encoding"] };
}

function send({ status, headers, body }: Reply, response: ServerResponse): void {
  response.writeHead(status, headers as string[]);
  response.end(body);
}

const scoresPath = /^\/api\/v1\/boards\/([a-z0-9-]{1,63})\/scores(?:\?(.*))?$/;

function scoresRoute(services: Services, request: IncomingMessage): { boardId: string; post: ScoresPost } | null {
  const [, boardId, query = ""] = scoresPath.exec(request.url ?? "/") ?? [];
  if (!boardId) return null;
  const post = postOfNode(request, services.clientAddresses.of(request), new URLSearchParams(query));
  return post && { boardId, post };
}

/** @param common names and values in turn, as Node writes them fastest where no header was set before */
async function sendScores(
  services: Services,
  boardId: string,
  post: ScoresPost,
  response: ServerResponse,
  common: readonly string[],
) {
  const { reply, replayed } = await postScores(services, boardId, post);
  const headers = [...common, "content-type", "application/json", "cache-control", "no-store"];
  headers.push("content-length", String(Buffer.byteLength(reply)));
  if (replayed) headers.push("idempotent-replayed", "true");
  response.writeHead(200, headers);
  response.end(reply);
}

const sendStream: Send = async (services, boardId, search, request, response) => {
  const lastEventId = request.headers["last-event-id"];
  const since = Array.isArray(lastEventId) ? lastEventId[0] : lastEventId;
  const watch = await readWatch(services, boardId, search, since, admitOf(services, request, response));
  if (response.destroyed) return;
  if (!watch) {
    refuseStream(new NodeSink(response), "unavailable");
    return;
  }
  const address = services.clientAddresses.of(request);
  await services.hub.open(boardId, new NodeSink(response), { ...watch, address });
};

function admitOf(services: Services, request: IncomingMessage, response: ServerResponse): Admit {
  return services.reads.admitting(services.clientAddresses.of(request), () => leavingOf(response));
}

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
  const requestId = requestIdOf(request.headers[requestIdHeader]);
  const { status, headers, body } = problemFor(error, { path, requestId }, services);
  response.writeHead(status, { ...headers, ...more, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
