import type { RequestListener, ServerResponse } from "node:http";

/**
 * Pages are in the language and the theme that their request asks for, and say so. Here and not in `proxy.ts`, since Next
 * puts a `Vary` of its own in the place of any other.
 */
export function varyPages(page: RequestListener): RequestListener {
  return (request, response) => {
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (...head: unknown[]) => {
      if (isPage(response)) response.appendHeader("vary", "Accept-Language, Cookie");
      return writeHead(...(head as Parameters<ServerResponse["writeHead"]>));
    };
    return page(request, response);
  };
}

/** As a document, or as what Next's router asks for instead. */
function isPage(response: ServerResponse): boolean {
  return /^text\/(html|x-component)/.test(String(response.getHeader("content-type")));
}
