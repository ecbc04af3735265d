/**
 * The yardstick: bare node:http that keeps one body, one tag and a set of open streams, and does nothing else.
 * `PUT /body` sets the body; `GET /body` serves it, or 304; `GET /stream` stays open; `POST /event` writes its body to
 * every stream.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

let body = Buffer.alloc(0);
const tag = '"1"';
const streams = new Set<ServerResponse>();

const server = createServer((request, response) => {
  if (request.url === "/stream") return openStream(response);
  if (request.method === "GET") return serve(request, response);
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const received = Buffer.concat(chunks);
    if (request.method === "PUT") body = received;
    else for (const stream of streams) stream.write(received);
    response.end();
  });
});

function serve(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers["if-none-match"] === tag) {
    response.writeHead(304, { etag: tag });
    response.end();
    return;
  }
  response.writeHead(200, { etag: tag, "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.write("retry: 1000\n\n");
  streams.add(response);
  response.on("close", () => streams.delete(response));
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address && typeof address === "object") process.stdout.write(`listening at http://127.0.0.1:${address.port}\n`);
});
process.on("SIGTERM", () => process.exit(0));
