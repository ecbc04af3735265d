import type { FieldError } from "@/lib/domain/errors";
import { ask } from "./ask";
import type { Shape } from "./shapes";

/** What went wrong with a request. */
export interface Problem {
  /** Absent when there was no answer at all. */
  status?: number;
  /** Of this API's problem details. */
  code?: string;
  /** Words for the person who made it; absent where there are none. */
  detail?: string;
  /** Where `detail` is in the words of the API, whatever language the page is in. */
  lang?: "en";
  errors: readonly FieldError[];
}

export type Sent<T> = { ok: true; data: T } | { ok: false; problem: Problem };

const timeoutMs = 15_000;

/**
 * Sends a change to the API; never rejects.
 * @param shape of the reply; null where it has no body
 */
export async function send<T>(
  method: "POST" | "PATCH" | "DELETE",
  url: string,
  shape: Shape<T> | null,
  body?: object,
): Promise<Sent<T>> {
  const headers = { "Content-Type": "application/json" };
  const answer = await ask<T>(url, shape, { method, headers, timeoutMs, ...(body && { body: JSON.stringify(body) }) });
  if (answer.kind === "found") return { ok: true, data: answer.data };
  if (answer.kind === "refused")
    return { ok: false, problem: { status: answer.status, ...answer.problem, lang: "en" } };
  return { ok: false, problem: { ...("status" in answer && { status: answer.status }), errors: [] } };
}
