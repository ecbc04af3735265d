/** What every reply carries, by name. */
const yearS = 31_536_000;

/** Strict-Transport-Security where browsers reach Rungs by https; subdomains are not Rungs' to decide for. */
export function fixedHeaders(publicUrl: string): readonly (readonly [name: string, value: string])[] {
  const nosniff = ["x-content-type-options", "nosniff"] as const;
  if (!publicUrl.startsWith("https:")) return [nosniff];
  return [nosniff, ["strict-transport-security", `max-age=${yearS}`]];
}
