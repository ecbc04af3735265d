import type { Snapshot } from "@/lib/domain/snapshot";

export type PollResult =
  | { kind: "snapshot"; snapshot: Snapshot; etag: string | null; pollIntervalMs: number | null }
  | { kind: "unchanged"; pollIntervalMs: number | null }
  | { kind: "gone" }
  /** No answer, or one that says nothing of the board. */
  | { kind: "failed"; retryAfterMs: number | null };

const timeoutMs = 10_000;
const pollIntervalBoundsMs = { min: 1_000, max: 300_000 };

/**
 * Asks for a board once; never rejects. `no-store` keeps the browser's own cache out, so that a 304 arrives here as
 * what it is: the server's word that nothing was missed.
 */
export async function pollBoard(url: string, etag: string | null): Promise<PollResult> {
  try {
    const response = await fetch(url, {
      cache: "no-store",
      headers: etag ? { "If-None-Match": etag } : {},
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status === 304) return { kind: "unchanged", pollIntervalMs: pollInterval(response) };
    if (response.status === 404) return { kind: "gone" };
    if (!response.ok) return { kind: "failed", retryAfterMs: secondsHeader(response, "Retry-After") };
    const snapshot: Snapshot = await response.json();
    return { kind: "snapshot", snapshot, etag: response.headers.get("ETag"), pollIntervalMs: pollInterval(response) };
  } catch {
    return { kind: "failed", retryAfterMs: null };
  }
}

function pollInterval(response: Response): number | null {
  const asked = secondsHeader(response, "Poll-Interval");
  return asked && Math.min(Math.max(asked, pollIntervalBoundsMs.min), pollIntervalBoundsMs.max);
}

function secondsHeader(response: Response, name: string): number | null {
  const seconds = Number(response.headers.get(name));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null;
}
