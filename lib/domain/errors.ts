/**
 * Every failure Rungs answers for, by its public code. HTTP status and title belong to lib/http/problem.ts.
 *
 * Checked by tag, not with `instanceof`: the server entry and Next each load their own copy of this module.
 */
export type ErrorCode =
  | "bad-request"
  | "invalid-json"
  | "invalid-request"
  | "invalid-scores"
  | "unauthorized"
  | "forbidden"
  | "board-not-found"
  | "player-not-found"
  | "not-found"
  | "method-not-allowed"
  | "board-exists"
  | "board-not-empty"
  | "streaming-off"
  | "embedding-off"
  | "history-too-long"
  | "idempotency-in-flight"
  | "idempotency-mismatch"
  | "invitation-invalid"
  | "body-too-large"
  | "headers-too-large"
  | "request-timeout"
  | "unsupported-media-type"
  | "too-many-requests"
  | "unavailable";

/** One thing wrong with the input; `pointer` is an RFC 6901 JSON pointer, or a parameter's name. */
export interface FieldError {
  pointer: string;
  detail: string;
}

export class RungsError extends Error {
  override readonly name = "RungsError";
  readonly code: ErrorCode;
  readonly errors: FieldError[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, detail: string, more: { errors?: FieldError[]; retryAfter?: number } = {}) {
    super(detail);
    this.code = code;
    this.errors = more.errors ?? [];
    this.retryAfter = more.retryAfter;
  }
}

export function isRungsError(error: unknown): error is RungsError {
  return error instanceof Error && error.name === "RungsError";
}
