import { RungsError } from "@/lib/domain/errors";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses unsafe requests that a page of another origin could have made with an organizer's cookies.
 * Browsers say where a request comes from in Sec-Fetch-Site, or at least in Origin; a body has to be JSON, which
 * no page can send elsewhere without asking first.
 */
export function requireSameOrigin(request: Request, publicUrl: string): void {
  if (safeMethods.has(request.method)) return;
  const site = request.headers.get("sec-fetch-site");
  const same = site === null ? isOwnOrigin(request.headers, publicUrl) : site === "same-origin";
  if (!same) throw new RungsError("forbidden", "This request has to come from a page of Rungs itself.");
  if (hasBody(request.headers) && !isJson(request.headers)) {
    throw new RungsError("forbidden", "This request needs Content-Type: application/json.");
  }
}

/** The configured origin, or the host the request was sent to, which a browser does not let a page forge. */
function isOwnOrigin(headers: Headers, publicUrl: string): boolean {
  const origin = headers.get("origin");
  const { origin: configured, protocol } = new URL(publicUrl);
  return origin !== null && (origin === configured || origin === `${protocol}//${headers.get("host")}`);
}

function hasBody(headers: Headers): boolean {
  return (
    headers.has("content-type") || headers.has("transfer-encoding") || (headers.get("content-length") ?? "0") !== "0"
  );
}

function isJson(headers: Headers): boolean {
  return /^application\/json\s*(;|$)/i.test(headers.get("content-type") ?? "");
}
