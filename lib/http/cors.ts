/**
 * What pages of other sites may read: the public boards, and with a player's token that player's inbox. Never with cookies, and never
 * a route that takes one; API keys do not belong in browsers, so that posting scores is not for pages either.
 * So may be read what refuses a request that belongs to no route: it says nothing of anybody.
 * The headers are the same for everybody, so that no reply varies by Origin, and short: every poll carries them.
 */
export const openToPages = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "*",
} as const;

const requestHeaders = "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, X-Request-Id";
/** Chromium keeps an answer no longer. */
const rememberS = 7_200;

/** The `OPTIONS` of a route, with the methods that pages of other sites may use. */
export function preflight(methods: "GET, HEAD" | "POST"): () => Promise<Response> {
  const headers = {
    ...openToPages,
    "x-content-type-options": "nosniff",
    "access-control-allow-methods": methods,
    "access-control-allow-headers": requestHeaders,
    "access-control-max-age": String(rememberS),
  };
  return async () => new Response(null, { status: 204, headers });
}
