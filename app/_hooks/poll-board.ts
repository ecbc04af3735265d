import type { Snapshot } from "@/lib/domain/snapshot";
import { isMissing } from "./is-missing";

export type PollResult =
  | { kind: "snapshot"; snapshot: Snapshot; etag: string | null; pollIntervalMs: number | null }
  | { kind: "unchanged"; pollIntervalMs: number | null }
  | { kind: "gone" }
  /** No answer, or one that says nothing of the board. */
  | { kind: "failed"; retryAfterMs: number | null };

/** Shorter than the promise of 6 s, which a poll that hangs must not break. */
const timeoutMs = 5_000;
const pollIntervalMinMs = 1_000;
const waitMaxMs = 300_000;

/**
 * Asks for a board once; never rejects. `no-store` keeps the browser's own cache out, so that a 304 arrives here as
 * what it is: the server's word that nothing was missed.
 */
export async function pollBoard(url: string, etag: string | null): Promise<PollResult> {
  let retryAfterMs: number | null = null;
  try {
    const response = await fetch(url, {
      cache: "no-store",
      headers: etag ? { "If-None-Match": etag } : {},
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status === 304) return { kind: "unchanged", pollIntervalMs: pollInterval(response) };
    if (await isMissing(response)) return { kind: "gone" };
    retryAfterMs = secondsHeader(response, "Retry-After");
    const snapshot: Snapshot = response.ok && (await response.json());
    // Somebody else may answer at this address, with a 200 as well.
    if (snapshot.epoch) {
      return { kind: "snapshot", snapshot, etag: response.headers.get("ETag"), pollIntervalMs: pollInterval(response) };
    }
  } catch {
    // No answer in time, or no JSON.
  }
  return { kind: "failed", retryAfterMs };
}

function pollInterval(response: Response): number | null {
  const asked = secondsHeader(response, "Poll-Interval");
  return asked && Math.max(asked, pollIntervalMinMs);
}

function secondsHeader(response: Response, name: string): number | null {
  const seconds = Number(response.headers.get(name));
  return seconds > 0 ? Math.min(seconds * 1_000, waitMaxMs) : null;
}
