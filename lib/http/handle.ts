import { clientAddress } from "@/lib/auth/client-address";
import { isRungsError, RungsError } from "@/lib/domain/errors";
import { readEnv } from "@/lib/env";
import type { Admit } from "@/lib/read-gate/read-gate";
import { getServices, type Services } from "@/lib/services";
import { fixedHeaders } from "./fixed-headers";
import { describe, type Instance, problemFor } from "./problem";
import { requestIdHeader, requestIdOf } from "./request-id";

export interface Call<P> {
  request: Request;
  params: P;
  services: Services;
  admit: Admit;
}

/** A web-standard route handler, as Next and the listener call it. */
export type RouteHandler<P> = (request: Request, context: { params: Promise<P> }) => Promise<Response>;

/**
 * Wraps a handler: hands it the services, and turns what it throws into problem details.
 * @param more headers of every reply, a refusal included, such as those that open it to pages of other sites
 * @param beforeStart the reply while there are no services yet, which is so only where no server entry has made them before
 *   it takes requests
 */
export function handle<P = Record<string, never>>(
  handler: (call: Call<P>) => Promise<Response>,
  more: Readonly<Record<string, string>> = {},
  beforeStart: (request: Request) => Response = notStarted,
): RouteHandler<P> {
  return async (request, { params }) => {
    const services = await getServices().catch(() => null);
    const response = services ? await answer(handler, services, request, await params) : beforeStart(request);
    const { publicUrl } = services?.env ?? readEnv();
    for (const [name, value] of fixedHeaders(publicUrl)) response.headers.set(name, value);
    for (const [name, value] of Object.entries(more)) response.headers.set(name, value);
    if (!response.headers.has(requestIdHeader)) response.headers.set(requestIdHeader, instanceOf(request).requestId);
    return response;
  };
}

function answer<P>(
  handler: (call: Call<P>) => Promise<Response>,
  services: Services,
  request: Request,
  params: P,
): Promise<Response> {
  const admit = services.reads.admitting(clientAddress(request.headers), () => request.signal);
  return handler({ request, params, services, admit }).catch((error: unknown) => refusal(services, request, error));
}

function notStarted(request: Request): Response {
  const reason = new RungsError("unavailable", "Rungs is starting, or its database is unavailable.", { retryAfter: 1 });
  const { status, headers, body } = describe(reason, instanceOf(request));
  return new Response(body, { status, headers });
}

function refusal(services: Services, request: Request, error: unknown): Response {
  const aborted = request.signal.aborted && !isRungsError(error);
  const reason = aborted ? new RungsError("unavailable", "The client went away.") : error;
  const { status, headers, body } = problemFor(reason, instanceOf(request), services);
  return new Response(body, { status, headers });
}

export function instanceOf(request: Request): Instance {
  return { path: new URL(request.url).pathname, requestId: requestIdOf(request.headers.get(requestIdHeader)) };
}

/** A JSON reply that no cache keeps. */
export function json(body: unknown, init: { status?: number; headers?: Record<string, string> } = {}): Response {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json", "cache-control": "no-store", ...init.headers };
  return new Response(text, { status: init.status ?? 200, headers });
}
