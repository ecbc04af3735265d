/** Pages cost the most of all reads: each waits for its turn as a whole, and is refused by a page that asks again by itself. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { isRungsError } from "@/lib/domain/errors";
import type { Services } from "@/lib/services";

/** HTML for somebody who has to ask again after some seconds, in a language that the request prefers. */
export type BusyPage = (request: IncomingMessage, retryAfterS: number) => string;

/** A reader who takes longer to receive a page no longer counts as one who is being served. */
const receiveMsMax = 5_000;
/** Those who were refused at the same time do not come back at the same time. */
const spreadS = 5;

export function gatedPages(
  { reads, clientAddresses }: Pick<Services, "reads" | "clientAddresses">,
  page: RequestListener,
  busyPage: BusyPage,
): RequestListener {
  return (request, response) => {
    const render = () => {
      const over = endOf(response);
      page(request, response);
      return over;
    };
    reads
      .run(clientAddresses.of(request), "page", render, leavingOf(response))
      .catch((error: unknown) => refuse(request, response, busyPage, error));
  };
}

/** Aborted when the client goes away, or has its reply. */
export function leavingOf(response: ServerResponse): AbortSignal {
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  return leaving.signal;
}

function endOf(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, receiveMsMax);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function refuse(request: IncomingMessage, response: ServerResponse, busyPage: BusyPage, error: unknown): void {
  if (response.headersSent || response.destroyed || !isRungsError(error)) {
    response.destroy();
    return;
  }
  const retryAfterS = (error.retryAfter ?? 1) + Math.floor(Math.random() * spreadS);
  const body = busyPage(request, retryAfterS);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  response.setHeader("retry-after", String(retryAfterS));
  response.writeHead(429, { "content-length": Buffer.byteLength(body) });
  response.end(request.method === "HEAD" ? undefined : body);
}
