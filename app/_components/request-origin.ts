/** The origin under which the browser reached us, for examples to copy. Trusted with nothing else. */
export function requestOrigin(headers: Pick<Headers, "get">): string {
  const host = headers.get("x-forwarded-host") ?? headers.get("host") ?? "localhost:3000";
  return `${headers.get("x-forwarded-proto")?.split(",")[0] ?? "http"}://${host}`;
}
