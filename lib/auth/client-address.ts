/** Where a request comes from, for rate limits: a header that only the server entry can have written. */
import type { IncomingMessage } from "node:http";

export const clientAddressHeader = "x-rungs-client-address";

/** Writes the header, over whatever the client sent. The server entry owes this to every request. */
export function stampClientAddress(incoming: IncomingMessage, trustProxy: boolean): void {
  const { rawHeaders, headers } = incoming;
  for (let i = rawHeaders.length - 2; i >= 0; i -= 2) {
    if (rawHeaders[i]?.toLowerCase() === clientAddressHeader) rawHeaders.splice(i, 2);
  }
  const address = addressOf(incoming, trustProxy);
  rawHeaders.push(clientAddressHeader, address);
  headers[clientAddressHeader] = address;
}

/** With a proxy in front, the address that it saw: the last one in X-Forwarded-For. Else the connection's own. */
export function addressOf({ headers, socket }: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? lastHop(String(headers["x-forwarded-for"] ?? "")) : null;
  return forwarded ?? socket.remoteAddress ?? "";
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
