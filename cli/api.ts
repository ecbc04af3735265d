/**
 * A caller of the HTTP API that does not give up lightly: it repeats the same request, byte for byte, until the server
 * answers it. That is safe for reads, and for writes that carry an `Idempotency-Key`.
 */
import { setTimeout as delay } from "node:timers/promises";
import { backoffMs } from "@/lib/redis/backoff";
import { CommandError } from "./command";

export interface ApiRequest {
  method: "GET" | "POST";
  path: string;
  body?: string;
  idempotencyKey?: string;
}

export interface Answer {
  status: number;
  json: unknown;
}

export interface ApiOptions {
  url: string;
  key: string;
  signal: AbortSignal;
  /** Hears why a request is tried again. */
  onRetry(reason: string): void;
}

const attemptMsMax = 15_000;
const backoffMsMin = 250;
const backoffMsMax = 10_000;

/**
 * Resolves to the answer, also when it is a 4xx. Rejects with a `CommandError` after `giveUpMs` without one,
 * and with the signal's reason when that aborts.
 */
export async function call(options: ApiOptions, request: ApiRequest, giveUpMs: number): Promise<Answer> {
  const start = performance.now();
  for (let attempt = 0; ; attempt++) {
    const outcome = await attemptOnce(options, request);
    if ("answer" in outcome) return outcome.answer;
    const waitMs = outcome.retryAfterMs + backoffMs(attempt, backoffMsMin, backoffMsMax);
    if (performance.now() - start + waitMs > giveUpMs) {
      throw new CommandError(`No good answer from ${options.url} (${outcome.reason}). Is Rungs running there?`);
    }
    options.onRetry(outcome.reason);
    await delay(waitMs, undefined, { signal: options.signal });
  }
}

/** What a refusal says, in one line; the body is problem details (RFC 9457) where it came from Rungs. */
export function refusal({ status, json }: Answer): string {
  const problem = (json ?? {}) as { title?: unknown; detail?: unknown; errors?: { pointer: string; detail: string }[] };
  const what = [problem.detail, problem.title].find((text) => typeof text === "string") ?? "no reason given";
  // The pointer of the whole body is "".
  const errors = Array.isArray(problem.errors) ? problem.errors.slice(0, 3) : [];
  return `${status}: ${[what, ...errors.map(({ pointer, detail }) => `${pointer} ${detail}`.trimStart())].join("; ")}`;
}

type Outcome = { answer: Answer } | { reason: string; retryAfterMs: number };

async function attemptOnce(options: ApiOptions, request: ApiRequest): Promise<Outcome> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(new URL(request.path, options.url), {
      method: request.method,
      headers: headers(options, request),
      redirect: "manual",
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(attemptMsMax)]),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    text = await response.text();
  } catch (error) {
    options.signal.throwIfAborted();
    return { reason: networkProblem(error), retryAfterMs: 0 };
  }
  if (response.status >= 300 && response.status < 400) {
    throw new CommandError(`${options.url} redirects to ${response.headers.get("location")}: give that as --url`);
  }
  const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"));
  if (isTransient(response.status, retryAfterMs)) {
    return { reason: `HTTP ${response.status}`, retryAfterMs: retryAfterMs ?? 0 };
  }
  return { answer: { status: response.status, json: parseJson(text) } };
}

/** A 409 that says when to come back means that the first try is still running; any other is an answer. */
function isTransient(status: number, retryAfterMs: number | null): boolean {
  return status >= 500 || status === 408 || status === 429 || (status === 409 && retryAfterMs !== null);
}

function headers({ key }: ApiOptions, request: ApiRequest): Record<string, string> {
  return {
    authorization: `Bearer ${key}`,
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
    ...(request.idempotencyKey === undefined ? {} : { "idempotency-key": request.idempotencyKey }),
  };
}

function networkProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${attemptMsMax / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error) return ("code" in cause && String(cause.code)) || cause.message || cause.name;
  return error.message;
}

/** Seconds or a date (RFC 9110, 10.2.3), as milliseconds from now; null without one. */
function parseRetryAfter(value: string | null): number | null {
  if (value === null) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
