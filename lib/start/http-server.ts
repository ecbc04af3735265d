/** The one port. It is taken before anything else needs the address; until Rungs is ready, it asks for patience. */
import type { RequestListener, Server } from "node:http";
import type { Socket } from "node:net";
import { RungsError } from "@/lib/domain/errors";
import { StartError } from "@/lib/embedded/start-error";
import type { Env } from "@/lib/env";
import { pollIntervalS } from "@/lib/http/board-reply";
import { openToPages } from "@/lib/http/cors";
import { fixedHeaders } from "@/lib/http/fixed-headers";
import { createNodeServer } from "@/lib/http/node-server";
import { NodeSink } from "@/lib/http/node-sink";
import { describe } from "@/lib/http/problem";
import { requestIdHeader, requestIdOf } from "@/lib/http/request-id";
import { refuseStream } from "@/lib/live/hub";
import { connectionsMax } from "@/lib/memory-bounds";
import { limitConnections } from "./connections";

export interface HttpServer {
  server: Server;
  port: number;
  /** How programs on this machine reach it. */
  localUrl: string;
  /** From now on requests go here. */
  serve(listener: RequestListener): void;
  /** Takes no new connections, and gives requests under way `ms` to end. */
  close(ms: number): Promise<void>;
}

type ListenSettings = Pick<Env, "port" | "host" | "publicUrl" | "keepAliveSeconds">;

/**
 * With more connections than these, idle ones are closed after `crowdedIdleMs`: half the interval of polls, none of which
 * then meets a connection that is just being closed.
 */
const crowdedFrom = Math.min(10_000, Math.floor(connectionsMax() / 2));
const crowdedIdleMs = 500 * pollIntervalS;
const idleSweepMs = 50;

export async function listen(settings: ListenSettings, limits = { crowdedFrom }): Promise<HttpServer> {
  const { port, host, publicUrl } = settings;
  let listener = notReady(publicUrl);
  const server = createNodeServer(publicUrl, (request, response) => listener(request, response));
  limitConnections(server);
  limitIdling(server, settings.keepAliveSeconds * 1_000, limits.crowdedFrom);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, port, host)));
    server.listen({ port, host }, resolve);
  });
  const address = server.address();
  const taken = typeof address === "object" && address ? address.port : port;
  return {
    server,
    port: taken,
    localUrl: `http://${localHost(host)}:${taken}`,
    serve: (next) => {
      listener = next;
    },
    close: (ms) => close(server, ms),
  };
}

function localHost(host: string | undefined): string {
  if (!host || host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** The process is alive; a stream is ended so that it comes back; everything else is asked to. */
function notReady(publicUrl: string): RequestListener {
  const fixed = [...fixedHeaders(publicUrl), ...Object.entries(openToPages)];
  return (request, response) => {
    const [path = "/"] = (request.url ?? "/").split("?");
    const requestId = requestIdOf(request.headers[requestIdHeader]);
    for (const [name, value] of fixed) response.setHeader(name, value);
    response.setHeader(requestIdHeader, requestId);
    if (path === "/healthz") {
      const headers = { "content-type": "application/json", "cache-control": "no-store" };
      response.writeHead(200, headers).end('{"status":"ok"}');
    } else if (/^\/api\/v1\/boards\/[^/]+\/stream$/.test(path)) {
      refuseStream(new NodeSink(response), "starting");
    } else {
      const { status, headers, body } = describe(starting, { path, requestId });
      response.writeHead(status, headers).end(body);
    }
  };
}
const starting = new RungsError("unavailable", "Rungs is starting.", { retryAfter: 1 });

function cannotListen(error: NodeJS.ErrnoException, port: number, host: string | undefined): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new StartError(`Port ${port} is in use: end what listens there, or set PORT to another one.`);
    case "EACCES":
      return new StartError(`Port ${port} may not be used by this user: set PORT to one above 1023.`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new StartError(`HOST: this machine has no address ${host}. Correct it, or leave it out to listen on all.`);
    default:
      return error;
  }
}

/** A balancer must not find a connection closed that it keeps, one that it has opened and not used yet included. */
function limitIdling(server: Server, keepAliveMs: number, crowdedAt: number): void {
  server.keepAliveTimeout = keepAliveMs;
  server.headersTimeout = Math.min(Math.max(server.headersTimeout, keepAliveMs + 5_000), server.requestTimeout);
  let open = 0;
  const count = (change: 1 | -1) => {
    open += change;
    server.keepAliveTimeout = open > crowdedAt ? Math.min(keepAliveMs, crowdedIdleMs) : keepAliveMs;
  };
  server.on("connection", (socket: Socket) => {
    count(1);
    socket.once("close", () => count(-1));
  });
}

function close(server: Server, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), ms);
    // Those whose last reply has just been sent are idle from now on.
    const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
