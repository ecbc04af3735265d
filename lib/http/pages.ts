/** What the pages' replies owe beside what Next makes of them. */
import type { RequestListener } from "node:http";
import { RungsError } from "@/lib/domain/errors";
import { describe } from "./problem";
import { requestIdHeader, requestIdOf } from "./request-id";

/** For a page that Next made past `proxy.ts`, such as that of its own failure: nothing but its own styles. */
const strictPolicy =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const methods = "GET, HEAD, OPTIONS";

/** Pages are read, and nothing else; Next would render them for any method. Development tools post to the server, so not for them. */
export function readOnly(page: RequestListener): RequestListener {
  return (request, response) => {
    if (request.method === "GET" || request.method === "HEAD") return page(request, response);
    if (request.method === "OPTIONS") return response.writeHead(204, { allow: methods }).end();
    const refusal = new RungsError("method-not-allowed", `Use ${methods}.`);
    const { status, headers, body } = describe(refusal, {
      path: (request.url ?? "/").split("?")[0] ?? "/",
      requestId: requestIdOf(request.headers[requestIdHeader]),
    });
    response.writeHead(status, { ...headers, allow: methods, "content-length": Buffer.byteLength(body) }).end(body);
  };
}

/** The page of a failure asks again by itself after that time. */
const retryAfterS = 10;

/**
 * Pages are in the language and the theme that their request asks for, and say so. Here and not in `proxy.ts`, since Next
 * puts a `Vary` of its own in the place of any other. Every page has a Content-Security-Policy. Next answers with 500 where
 * a page cannot be rendered, which most often a store causes: clients and balancers get a 503 with `Retry-After`.
 */
export function completeHeaders(page: RequestListener): RequestListener {
  return (request, response) => {
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (status: number, ...head: unknown[]) => {
      const type = String(response.getHeader("content-type"));
      if (isPage(type)) response.appendHeader("vary", "Accept-Language, Cookie");
      if (type.startsWith("text/html") && !response.hasHeader("content-security-policy")) {
        response.setHeader("content-security-policy", strictPolicy);
      }
      if (status === 500) response.setHeader("retry-after", retryAfterS);
      return writeHead(status === 500 ? 503 : status, ...(head as []));
    };
    return page(request, response);
  };
}

/** As a document, or as what Next's router asks for instead. */
function isPage(type: string): boolean {
  return /^text\/(html|x-component)/.test(type);
}
