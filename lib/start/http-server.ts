/** The one port. It is taken before anything else needs the address; until Rungs is ready, it asks for patience. */
import type { RequestListener, Server } from "node:http";
import { StartError } from "@/lib/embedded/start-error";
import type { Env } from "@/lib/env";
import { createNodeServer } from "@/lib/http/node-server";

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

export async function listen({ port, host, publicUrl }: Pick<Env, "port" | "host" | "publicUrl">): Promise<HttpServer> {
  let listener: RequestListener = notReady;
  const server = createNodeServer(publicUrl, (request, response) => listener(request, response));
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

const notReady: RequestListener = (_request, response) => {
  response.writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "1" });
  response.end("Rungs is starting.\n");
};

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

function close(server: Server, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), ms);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
