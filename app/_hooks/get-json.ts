import { isMissing } from "./is-missing";

const timeoutMs = 10_000;

/** A status that promises no body to use. */
export class UnexpectedAnswer extends Error {
  readonly status: number;
  /** The API says that what was asked for does not exist. */
  readonly missing: boolean;
  /** How long the server asks to wait; 0 where it does not. */
  readonly retryAfterMs: number;

  constructor({ status, headers }: Response, missing: boolean) {
    super(`the server answered ${status}`);
    this.status = status;
    this.missing = missing;
    this.retryAfterMs = 1_000 * (Number(headers.get("Retry-After")) || 0);
  }
}

/** What an error says of how long to wait before asking again. */
export function retryAfterOf(error: unknown): number {
  return error instanceof UnexpectedAnswer ? error.retryAfterMs : 0;
}

/** SWR's fetcher for the settings. */
export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new UnexpectedAnswer(response, await isMissing(response));
  return response.json();
}
