/** Where a request comes from, for rate limits: a header that only the server entry can have written. */
import type { IncomingMessage } from "node:http";

export const clientAddressHeader = "x-rungs-client-address";

/**
 * Writes the header, over whatever the client sent. The server entry owes this to every request.
 * An https address means that a proxy stands in front, since Rungs itself speaks http: then it is the address the proxy
 * saw, the last one in X-Forwarded-For, else the connection's own.
 */
export function stampClientAddress(incoming: IncomingMessage, publicUrl: string): void {
  const { rawHeaders, headers, socket } = incoming;
  for (let i = rawHeaders.length - 2; i >= 0; i -= 2) {
    if (rawHeaders[i]?.toLowerCase() === clientAddressHeader) rawHeaders.splice(i, 2);
  }
  const forwarded = publicUrl.startsWith("https:") ? lastHop(String(headers["x-forwarded-for"] ?? "")) : null;
  const address = forwarded ?? socket.remoteAddress ?? "";
  rawHeaders.push(clientAddressHeader, address);
  headers[clientAddressHeader] = address;
}

/**
 * The address a request came from; null when nothing tells. Without the server entry, as under plain `next start`, it
 * is the last hop of X-Forwarded-For, which Next or the proxy in front has written.
 */
export function clientAddress(headers: Headers): string | null {
  return headers.get(clientAddressHeader) || lastHop(headers.get("x-forwarded-for") ?? "");
}

function lastHop(forwardedFor: string): string | null {
  return forwardedFor.split(",").at(-1)?.trim() || null;
}
