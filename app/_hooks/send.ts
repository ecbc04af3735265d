import type { FieldError } from "@/lib/domain/errors";

/** What went wrong with a request. */
export interface Problem {
  /** Absent when there was no answer at all. */
  status?: number;
  /** Words for the person who made it; absent where there are none. */
  detail?: string;
  /** Where `detail` is in the words of the API, whatever language the page is in. */
  lang?: "en";
  errors: readonly FieldError[];
}

export type Sent<T> = { ok: true; data: T } | { ok: false; problem: Problem };

const timeoutMs = 15_000;

/** Sends a change to the API; never rejects. */
export async function send<T>(method: "POST" | "PATCH" | "DELETE", url: string, body?: object): Promise<Sent<T>> {
  try {
    const response = await fetch(url, {
      method,
      headers: { "Content-Type": "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (response.ok) return { ok: true, data: (text ? JSON.parse(text) : null) as T };
    return { ok: false, problem: readProblem(response.status, text) };
  } catch {
    return { ok: false, problem: { errors: [] } };
  }
}

/** Problem details (RFC 9457), or the `message` that sign-in answers with. */
function readProblem(status: number, text: string): Problem {
  try {
    const { detail, title, message, errors } = JSON.parse(text);
    const words = detail ?? message ?? title;
    return { status, ...(words && { detail: words, lang: "en" }), errors: errors ?? [] };
  } catch {
    return { status, errors: [] };
  }
}
