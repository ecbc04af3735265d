import type { Snapshot } from "@/lib/domain/snapshot";
import { type Answer, ask, isRefused, pollTimeoutMs, retryAfterOf } from "./ask";
import { snapshotShape } from "./shapes";

export type PollResult =
  | { kind: "snapshot"; snapshot: Snapshot; etag: string | null; pollIntervalMs: number | null }
  | { kind: "unchanged"; pollIntervalMs: number | null }
  | { kind: "gone" }
  | PollFailure;

/** No answer, or one that says nothing of the board. */
export interface PollFailure {
  kind: "failed";
  retryAfterMs: number;
  /** This client asks for too much; others are answered. */
  limited: boolean;
}

const pollIntervalMs = { min: 1_000, max: 300_000 };

/** Asks for a board once; never rejects. */
export async function pollBoard(url: string, etag: string | null): Promise<PollResult> {
  const headers: HeadersInit = etag ? { "If-None-Match": etag } : {};
  const answer = await ask<Snapshot>(url, snapshotShape, { headers, timeoutMs: pollTimeoutMs });
  if (answer.kind === "found") {
    const { data, headers } = answer;
    return { kind: "snapshot", snapshot: data, etag: headers.get("ETag"), pollIntervalMs: pollInterval(headers) };
  }
  if (answer.kind === "unchanged" && etag) return { kind: "unchanged", pollIntervalMs: pollInterval(answer.headers) };
  return isRefused(answer, "board-not-found") ? { kind: "gone" } : failureOf(answer);
}

export function failureOf(answer: Answer<unknown>): PollFailure {
  return { kind: "failed", retryAfterMs: retryAfterOf(answer), limited: isRefused(answer, "too-many-requests") };
}

function pollInterval(headers: Headers): number | null {
  const askedMs = 1_000 * Number(headers.get("Poll-Interval"));
  return askedMs > 0 ? Math.min(Math.max(askedMs, pollIntervalMs.min), pollIntervalMs.max) : null;
}
