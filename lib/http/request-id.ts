/**
 * One id for each request: in its reply, in the body of a problem, and in the log lines about it. That of the client or a
 * proxy is taken over where it can be; else it is made here, unique but not secret.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

export const requestIdHeader = "x-request-id";

const form = /^[\w.:/+=@-]{1,64}$/;
/**
 * With it and up to five digits an id has twelve characters: V8 copies strings that short, and joins longer ones later,
 * which costs every poll more.
 */
const prefix = `${randomBytes(5).toString("base64url").slice(0, 6)}-`;
let count = 0;

export function requestIdOf(given: string | string[] | null | undefined): string {
  return typeof given === "string" && form.test(given) ? given : newRequestId();
}

export function newRequestId(): string {
  return prefix + (++count).toString(36);
}

/** For the handlers, which make their own requests of the raw headers. */
export function stampRequestId(request: IncomingMessage, id: string): void {
  const { rawHeaders } = request;
  for (let i = rawHeaders.length - 2; i >= 0; i -= 2) {
    if (rawHeaders[i]?.toLowerCase() === requestIdHeader) rawHeaders.splice(i, 2);
  }
  rawHeaders.push(requestIdHeader, id);
  request.headers[requestIdHeader] = id;
}
