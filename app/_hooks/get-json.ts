import { isMissing } from "./is-missing";

const timeoutMs = 10_000;

/** A status that promises no body to use. */
export class UnexpectedAnswer extends Error {
  readonly status: number;
  /** The API says that what was asked for does not exist. */
  readonly missing: boolean;

  constructor(status: number, missing: boolean) {
    super(`the server answered ${status}`);
    this.status = status;
    this.missing = missing;
  }
}

/** SWR's fetcher for the settings. */
export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new UnexpectedAnswer(response.status, await isMissing(response));
  return response.json();
}
