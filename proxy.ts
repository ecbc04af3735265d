import { type NextRequest, NextResponse } from "next/server";
import { readEnv } from "@/lib/env";
import { ancestorsOf } from "@/lib/http/embedding";
import { fixedHeaders } from "@/lib/http/fixed-headers";
import { requestIdHeader, requestIdOf } from "@/lib/http/request-id";
import { getServices } from "@/lib/services";

/** Pages get a Content-Security-Policy with a nonce of their own; Next puts it on its scripts. The API's routes see to themselves. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const services = await getServices().catch(() => null);
  if (!services) return withFixedHeaders(beforeStart(request.nextUrl.pathname), readEnv().publicUrl);
  const nonce = Buffer.from(crypto.randomUUID()).toString("base64");
  const policy = contentSecurityPolicy(nonce, await ancestorsOf(request.nextUrl.pathname));
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set(requestIdHeader, requestIdOf(request.headers.get(requestIdHeader)));
  response.headers.set("referrer-policy", "strict-origin-when-cross-origin");
  response.headers.set("cross-origin-opener-policy", "same-origin");
  return withFixedHeaders(response, services.env.publicUrl);
}

export const config = {
  matcher: [{ source: "/((?!api/).*)" }],
};

/** While the database is unavailable from the start, which only happens without the server entry. */
function beforeStart(pathname: string): NextResponse {
  if (pathname === "/healthz") return NextResponse.next();
  return new NextResponse("Rungs is starting.\n", { status: 503, headers: { "retry-after": "1" } });
}

function withFixedHeaders(response: NextResponse, publicUrl: string): NextResponse {
  for (const [name, value] of fixedHeaders(publicUrl)) response.headers.set(name, value);
  return response;
}

function contentSecurityPolicy(nonce: string, ancestors: string): string {
  // React's development build evaluates code to show call stacks, and hot reload talks over a WebSocket.
  const development = process.env.NODE_ENV !== "production";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src-elem 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${ancestors}`,
  ].join("; ");
}
