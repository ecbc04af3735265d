/** Adds `Set-Cookie` lines to a reply, each as a header of its own. */
export function withCookies(reply: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) reply.headers.append("set-cookie", cookie);
  return reply;
}
