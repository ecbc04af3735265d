/** The API beside its hottest parts, by the same web-standard handlers that Next would call. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { RungsError } from "@/lib/domain/errors";
import type { Services } from "@/lib/services";
import { openToPages } from "./cors";
import { instanceOf, type RouteHandler } from "./handle";
import { problemFor } from "./problem";
import { newRequestId } from "./request-id";
import type { Followed } from "./request-log";
import { type Params, type RouteModule, RouteTable } from "./route-table";
import { inPreferredEncoding } from "./tagged";

type Methods = Record<string, RouteHandler<Params>>;

export interface WebRoutes {
  /** Whether the address lies in the part of the site that the routes answer for. */
  covers(url: string): boolean;
  serve(request: IncomingMessage, response: ServerResponse, followed: Followed): void;
}

export function createWebRoutes(services: Services, routes: Readonly<Record<string, RouteModule>>): WebRoutes {
  const table = new RouteTable(routes);
  const underWay = new WeakMap<object, Followed>();
  const listener = getRequestListener(
    (request, { outgoing }) => answer(services, table, request, underWay.get(outgoing)),
    { overrideGlobalObjects: false, errorHandler: (error) => unreadable(services, error) },
  );
  return {
    covers: (url) => table.covers(url),
    serve(request, response, followed) {
      underWay.set(response, followed);
      void listener(request, response);
    },
  };
}

async function answer(
  services: Services,
  table: RouteTable,
  request: Request,
  followed: Followed | undefined,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  const refuse = (error: RungsError, more: Record<string, string> = {}) => {
    const { status, headers, body } = problemFor(error, instanceOf(request), services);
    return new Response(body, { status, headers: { ...headers, ...openToPages, ...more } });
  };
  const found = table.find(pathname);
  if (!found) return refuse(new RungsError("not-found", "There is nothing at this address."));
  if (followed) followed.route = found.template;
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
  const { status, headers, body } = problemFor(reason, { path: "/", requestId: newRequestId() }, services);
  return new Response(body, { status, headers: { ...headers, ...openToPages } });
}
