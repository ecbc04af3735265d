/**
 * What every request to this server meets first. The poll and the stream are answered on Node's own response, the rest
 * of the API through the same web-standard handlers that Next would call, and everything else by Next.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { addressOf, stampClientAddress } from "@/lib/auth/client-address";
import { RungsError } from "@/lib/domain/errors";
import type { Services } from "@/lib/services";
import { boardReply } from "./board-reply";
import type { RouteHandler } from "./handle";
import { NodeSink } from "./node-sink";
import { invalidParameter } from "./parse";
import { problemFor } from "./problem";
import { type Params, type Route, type RouteModule, RouteTable } from "./route-table";
import { readWatch } from "./stream";

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
    const hot = request.method === "GET" ? hotRoute(request.url ?? "/") : null;
    if (hot) {
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

/** Headers that decide what a request means; which of two was meant cannot be guessed. */
const singleHeaders = new Set(["authorization", "idempotency-key", "content-type", "last-event-id"]);

function repeatedHeader({ rawHeaders }: IncomingMessage): string | null {
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? "";
    if (!singleHeaders.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return null;
}

const hotPath = /^\/api\/v1\/boards\/([a-z0-9-]{1,63})(\/stream)?(?:\?(.*))?$/;

function hotRoute(url: string): { boardId: string; stream: boolean; search: URLSearchParams } | null {
  const match = hotPath.exec(url);
  if (!match?.[1]) return null;
  return { boardId: match[1], stream: match[2] !== undefined, search: new URLSearchParams(match[3] ?? "") };
}

type Send = (
  services: Services,
  boardId: string,
  search: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

const sendBoard: Send = async (services, boardId, search, request, response) => {
  const { status, headers, body } = await boardReply(services, boardId, search, {
    ifNoneMatch: request.headers["if-none-match"],
    acceptEncoding: request.headers["accept-encoding"],
  });
  response.writeHead(status, headers);
  response.end(body);
};

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
  return handler(request, { params: Promise.resolve(found.params) });
}

/** What came in cannot be made a request of; its address is not known well enough to repeat it. */
function unreadable({ logger }: Services, error: unknown): Response {
  const refused = error instanceof Error && error.name === "RequestError";
  const reason = refused ? new RungsError("bad-request", "The address or the Host header is not well-formed.") : error;
  const { status, headers, body } = problemFor(reason, "/", logger);
  return new Response(body, { status, headers });
}
