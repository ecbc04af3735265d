/** Answers in the server's place, as proxies do between two deployments, or a network that shows its own pages. */
import type { Tamper } from "./tcp-proxy";

const strangers = {
  "404": reply("404 Not Found", "text/plain", "404 page not found"),
  "502": reply("502 Bad Gateway", "text/html", "<html><h1>502 Bad Gateway</h1></html>"),
  page: reply("200 OK", "text/html", "<!doctype html><title>Sign in to the network</title>"),
  "other JSON": reply("200 OK", "application/json", '{"status":"ok"}'),
  "cut JSON": reply("200 OK", "application/json", '{"board":{"id":"'),
};

export type Stranger = keyof typeof strangers;

/** For a proxy's `tamper`: nothing reaches the server. */
export function answeredBy(stranger: Stranger): Tamper {
  return (_chunk, way, connection) => {
    if (way === "to-server") connection.send("to-client", Buffer.from(strangers[stranger]));
  };
}

function reply(status: string, type: string, body: string): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}`;
}
