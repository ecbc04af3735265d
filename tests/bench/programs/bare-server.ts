/**
 * The yardstick: bare node:http that keeps one body, one tag and a set of open streams, and does nothing else.
 * `PUT /body` sets the body; `GET /body` serves it, or 304. `GET /stream` stays open, `GET /raw-stream` without chunked
 * framing, straight on the socket; `POST /event` writes its body to every one of them.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listening } from "@/tests/bench/listening";

interface Writer {
  write(chunk: Buffer): void;
}

let body = Buffer.alloc(0);
const tag = '"1"';
const streams = new Set<Writer>();

const server = createServer((request, response) => {
  if (request.url === "/stream") return openStream(response);
  if (request.url === "/raw-stream") return openRawStream(request);
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

function openRawStream({ socket }: IncomingMessage): void {
  const head = ["HTTP/1.1 200 OK", "content-type: text/event-stream", "cache-control: no-cache", "connection: close"];
  socket.setNoDelay(true);
  socket.write(`${head.join("\r\n")}\r\n\r\nretry: 1000\n\n`);
  streams.add(socket);
  socket.on("close", () => streams.delete(socket));
}

listening(server);
