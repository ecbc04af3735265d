/** What every reply carries, as names and values in turn. */
const yearS = 31_536_000;

/** Strict-Transport-Security where browsers reach Rungs by https; subdomains are not Rungs' to decide for. */
export function fixedHeaders(publicUrl: string): readonly string[] {
  const https = publicUrl.startsWith("https:") ? ["strict-transport-security", `max-age=${yearS}`] : [];
  return ["x-content-type-options", "nosniff", ...https];
}
