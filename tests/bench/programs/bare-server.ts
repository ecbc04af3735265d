/**
 * The yardstick: bare node:http that keeps one body, one tag and a set of open streams, and does nothing else.
 * `PUT /body` sets the body, and by `x-reply-headers` the headers, in JSON; `GET /body` serves them, or 304. `GET /stream` stays open, `GET /raw-stream` without chunked
 * framing, straight on the socket; `POST /event` writes its body to every one of them.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listening } from "@/tests/bench/listening";

interface Writer {
  write(chunk: Buffer): void;
}

let body: Uint8Array = new Uint8Array();
let headers: Record<string, string> = {};
let unchanged: Record<string, string> = {};
const streams = new Set<Writer>();

const server = createServer((request, response) => {
  if (request.url === "/stream") return openStream(response);
  if (request.url === "/raw-stream") return openRawStream(request);
  if (request.method === "GET") return serve(request, response);
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const received = Buffer.concat(chunks);
    if (request.method === "PUT") keep(received, JSON.parse(String(request.headers["x-reply-headers"])));
    else for (const stream of streams) stream.write(received);
    response.end();
  });
});

function keep(received: Buffer, given: Record<string, string>): void {
  body = received;
  headers = given;
  unchanged = Object.fromEntries(Object.entries(given).filter(([name]) => !name.startsWith("content-")));
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers["if-none-match"] === headers.etag) {
    response.writeHead(304, unchanged);
    response.end();
    return;
  }
  response.writeHead(200, headers);
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
