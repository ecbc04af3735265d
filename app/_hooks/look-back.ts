import { isMissing } from "./is-missing";

/** What came of asking for something that has been. */
export type LookedBack<T> =
  | { kind: "found"; data: T }
  /** The board has more than can be looked back over, or the moment is longer ago. */
  | { kind: "too-long" }
  | { kind: "gone" }
  /** Not now: the board's events are still being read, or no answer came. */
  | { kind: "waiting"; retryAfterMs: number | null };

const timeoutMs = 10_000;

/** Asks once; never rejects. `no-cache` asks the server whether what the browser keeps is still so. */
export async function lookBack<T>(url: string, cache: "default" | "no-cache"): Promise<LookedBack<T>> {
  try {
    const response = await fetch(url, { cache, signal: AbortSignal.timeout(timeoutMs) });
    if (response.ok) return { kind: "found", data: await response.json() };
    if (response.status === 409) return { kind: "too-long" };
    if (await isMissing(response)) return { kind: "gone" };
    return { kind: "waiting", retryAfterMs: retryAfterMs(response) };
  } catch {
    return { kind: "waiting", retryAfterMs: null };
  }
}

function retryAfterMs({ headers }: Response): number | null {
  const seconds = Number(headers.get("Retry-After"));
  return seconds > 0 ? seconds * 1_000 : null;
}
