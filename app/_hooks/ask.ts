/**
 * Asks this API, and takes no other answer for its own. A proxy between two deployments and a network's sign-in page answer at
 * the same addresses, with any status: a reply has to be JSON of the expected shape, a refusal this API's own problem details.
 */
import type { FieldError } from "@/lib/domain/errors";
import { hasShape, type Shape } from "./shapes";

/** Problem details (RFC 9457) of this API. */
export interface ApiProblem {
  code: string;
  detail: string;
  errors: FieldError[];
}

type TypedProblem = ApiProblem & { type: string };

export type Answer<T> =
  | { kind: "found"; data: T; headers: Headers }
  /** 304, to a request with `If-None-Match`. */
  | { kind: "unchanged"; headers: Headers }
  | { kind: "refused"; status: number; problem: ApiProblem; retryAfterMs: number }
  /** No answer in time, or none of this API; with the status where that is an error. */
  | { kind: "none"; status?: number };

interface Asking extends RequestInit {
  timeoutMs?: number;
}

/** A poll's: shorter than the promise of 6 s, which a poll that hangs must not break. */
export const pollTimeoutMs = 5_000;
/** The longest that this API asks for. */
const retryAfterMaxMs = 60_000;
const problemShape: Shape<TypedProblem> = {
  type: "",
  code: "",
  detail: "",
  errors: [{ pointer: "", detail: "" }],
};

/**
 * Never rejects. `no-store` keeps the browser's own cache out, so that a 304 arrives here as what it is.
 * @param shape null where a reply has no body (204)
 */
export async function ask<T>(
  url: string,
  shape: Shape<T> | null,
  { timeoutMs = 10_000, ...init }: Asking = {},
): Promise<Answer<T>> {
  let status: number | undefined;
  try {
    const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(timeoutMs), ...init });
    const { headers } = response;
    if (response.status === 304) return { kind: "unchanged", headers };
    if (!response.ok) status = response.status;
    const body: unknown = response.status === 204 ? null : await response.json();
    if (status === undefined) {
      if (shape === null ? body === null : hasShape<T>(body, shape)) return { kind: "found", data: body as T, headers };
    } else if (
      headers.get("Content-Type")?.startsWith("application/problem+json") &&
      hasShape<TypedProblem>(body, problemShape) &&
      body.type === `/problems/${body.code}`
    ) {
      const retryAfterMs = 1_000 * (Number(headers.get("Retry-After")) || 0);
      return { kind: "refused", status, problem: body, retryAfterMs: Math.min(retryAfterMs, retryAfterMaxMs) };
    }
  } catch {
    // No answer in time, or no JSON.
  }
  return { kind: "none", ...(status && { status }) };
}

/** Whether this API refused with one of these codes. */
export function isRefused(answer: Answer<unknown>, ...codes: string[]): boolean {
  return answer.kind === "refused" && codes.includes(answer.problem.code);
}

/** How long the server asks to wait before the next try. */
export function retryAfterOf(answer: Answer<unknown>): number {
  return answer.kind === "refused" ? answer.retryAfterMs : 0;
}
