/** Answers in the server's place, as proxies do between two deployments, or a network that shows its own pages. */
import type { Tamper } from "./tcp-proxy";

const later = "Retry-After: 300\r\n";
const strangers = {
  "404": reply("404 Not Found", "text/plain", "404 page not found"),
  "404 problem": reply("404 Not Found", "application/problem+json", '{"type":"about:blank","title":"Not Found"}'),
  "429": reply("429 Too Many Requests", "text/html", "<html><h1>429 Too Many Requests</h1></html>", later),
  "502": reply("502 Bad Gateway", "text/html", "<html><h1>502 Bad Gateway</h1></html>"),
  "503": reply("503 Service Unavailable", "application/json", '{"message":"no healthy upstream"}', later),
  page: reply("200 OK", "text/html", "<!doctype html><title>Sign in to the network</title>"),
  "other JSON": reply("200 OK", "application/json", '{"status":"ok"}'),
  "empty JSON": reply("200 OK", "application/json", "{}"),
  "cut JSON": reply("200 OK", "application/json", '{"board":{"id":"'),
};

export type Stranger = keyof typeof strangers;
export const allStrangers = Object.keys(strangers) as Stranger[];

/** For a proxy's `tamper`: nothing reaches the server. */
export function answeredBy(stranger: Stranger): Tamper {
  return answeredByEach(() => stranger);
}

/** The same, by another one for each request. */
export function answeredByEach(next: () => Stranger): Tamper {
  return (_chunk, way, connection) => {
    if (way === "to-server") connection.send("to-client", Buffer.from(strangers[next()]));
  };
}

function reply(status: string, type: string, body: string, more = ""): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n${more}\r\n${body}`;
}
