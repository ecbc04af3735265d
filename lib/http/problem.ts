/** The one map from failures to HTTP, as RFC 9457 problem details. */
import { type ErrorCode, isRungsError, RungsError } from "@/lib/domain/errors";
import type { Services } from "@/lib/services";
import { isOfStore, kindOfFailure } from "@/lib/storage-failure";
import { requestIdHeader } from "./request-id";

const problems: Record<ErrorCode | "internal", { status: number; title: string }> = {
  "bad-request": { status: 400, title: "Not a request that can be answered" },
  "invalid-json": { status: 400, title: "The body is not JSON" },
  "invalid-request": { status: 422, title: "The request is not valid" },
  "invalid-scores": { status: 422, title: "Scores that are not valid" },
  unauthorized: { status: 401, title: "A valid API key, token or session is needed" },
  forbidden: { status: 403, title: "Not allowed" },
  "board-not-found": { status: 404, title: "No such board" },
  "player-not-found": { status: 404, title: "No such player" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  "board-exists": { status: 409, title: "The board id is taken" },
  "board-not-empty": { status: 409, title: "The board has scores" },
  "streaming-off": { status: 409, title: "This board is delivered by polling" },
  // As the oEmbed specification has it for what is there and not to be embedded.
  "embedding-off": { status: 401, title: "Not for other sites" },
  "history-too-long": { status: 409, title: "Too long ago, or too much" },
  "idempotency-in-flight": { status: 409, title: "The first request is still running" },
  "idempotency-mismatch": { status: 422, title: "Idempotency-Key reused for another request" },
  "invitation-invalid": { status: 410, title: "The link is no longer good" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "headers-too-large": { status: 431, title: "The headers are too large" },
  "request-timeout": { status: 408, title: "The request did not arrive in time" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  unavailable: { status: 503, title: "Try again shortly" },
  internal: { status: 500, title: "Something went wrong on our side" },
};

export interface Problem {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The request that a problem belongs to. */
export interface Instance {
  path: string;
  requestId: string;
}

type Reporters = Pick<Services, "logger" | "storageErrors">;

/** An unknown error is an opaque 500 and a log line; its own words never leave the server. */
export function problemFor(error: unknown, instance: Instance, services: Reporters): Problem {
  const known = isRungsError(error) ? error : kindOfFailure(error) === "other" ? null : outage;
  if (!isRungsError(error) && isOfStore(error)) {
    const consequence = `request answered with ${known ? 503 : 500}`;
    services.storageErrors.report({ component: "requests", ...instance, error, consequence });
  } else if (!known) {
    services.logger.error({ err: error, ...instance }, "request failed");
  }
  return describe(known, instance);
}

/** The problem of a known error, or with null that of an unknown one. */
export function describe(known: RungsError | null, { path, requestId }: Instance): Problem {
  const code = known?.code ?? "internal";
  const { status, title } = problems[code] ?? problems.internal;
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    [requestIdHeader]: requestId,
  };
  if (known?.retryAfter !== undefined) headers["retry-after"] = String(known.retryAfter);
  // The rest of the request may never come, and until then the connection is of no use.
  if (status === 408) headers.connection = "close";
  if (status === 401) headers["www-authenticate"] = "Bearer";
  const body = {
    type: `/problems/${code}`,
    title,
    status,
    detail: known?.message ?? "The error was logged.",
    instance: path,
    code,
    errors: known?.errors ?? [],
    request_id: requestId,
  };
  return { status, headers, body: JSON.stringify(body) };
}

const outage = new RungsError("unavailable", "A store that is needed does not answer just now.", { retryAfter: 1 });

/** What was asked for cannot be answered now, and perhaps a moment later. */
export function isUnavailable(error: unknown): boolean {
  return isRungsError(error) ? error.code === "unavailable" : kindOfFailure(error) !== "other";
}
