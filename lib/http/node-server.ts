/** Node's HTTP server as Rungs uses it: what its parser refuses is answered in Rungs' own form, and no upgrade is offered. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { RungsError } from "@/lib/domain/errors";
import { openToPages } from "./cors";
import { fixedHeaders } from "./fixed-headers";
import { describe, type Problem } from "./problem";
import { newRequestId } from "./request-id";

/** How long a refused client may go on sending before its connection is cut; cutting at once could lose it the reply. */
const lingerMs = 1_000;

export function createNodeServer(publicUrl: string, listener: RequestListener): Server {
  // A missing Host is for the listener to judge: HTTP/1.0 needs none.
  const server = createServer({ requireHostHeader: false }, listener);
  // Undocumented since it was added. A client that has sent its request may close its half of the connection.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on("checkContinue", (request, response) => {
    // Of a reply that waits for an earlier one, Node would write this behind the head: the client would lose its place.
    if (response.socket) response.writeContinue();
    listener(request, response);
  });
  // RFC 9110, 10.1.1: an expectation that is not known may be passed over.
  server.on("checkExpectation", listener);
  server.on("connect", ({ url }: IncomingMessage, socket: Duplex) => {
    refuse(
      socket,
      rawReply(describe(connectRefused, { path: url ?? "", requestId: newRequestId() }), [
        ...fixedHeaders(publicUrl),
        ["allow", "GET, HEAD"],
      ]),
    );
  });
  const refused = new WeakSet<Duplex>();
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    // The parser complains about each further piece, too.
    if (refused.has(socket)) return;
    refused.add(socket);
    refuse(
      socket,
      rawReply(describe(parserErrors[error.code ?? ""] ?? malformed, { path: "", requestId: newRequestId() }), [
        ...fixedHeaders(publicUrl),
        ...Object.entries(openToPages),
      ]),
    );
  });
  return server;
}

const connectRefused = new RungsError("method-not-allowed", "Rungs is no proxy.");
const malformed = new RungsError("bad-request", "This is not a well-formed HTTP request.");
const parserErrors: Readonly<Record<string, RungsError>> = {
  HPE_HEADER_OVERFLOW: new RungsError("headers-too-large", "The address and the headers may have at most 16 KiB."),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new RungsError("body-too-large", "The extensions of the body's chunks are too long."),
  ERR_HTTP_REQUEST_TIMEOUT: new RungsError("request-timeout", "The request did not arrive in time."),
};

interface Connection extends Duplex {
  /** The reply that is due next on it. */
  _httpMessage?: (ServerResponse & { req: IncomingMessage }) | null;
}

/** Replies once earlier requests of the connection have their replies, and ends it. */
function refuse(socket: Connection, reply: string): void {
  const due = socket._httpMessage;
  if (!socket.writable || (due?.headersSent && !due.req.complete)) socket.destroy();
  else if (due?.req.complete) due.once("finish", () => refuse(socket, reply));
  else {
    socket.end(reply);
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once("close", () => clearTimeout(timer));
  }
}

function rawReply(
  { status, headers, body }: Problem,
  more: readonly (readonly [name: string, value: string])[],
): string {
  const own = Object.entries({ ...headers, "content-length": Buffer.byteLength(body), connection: "close" });
  const head = [...own, ...more].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`;
}
