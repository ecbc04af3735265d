const timeoutMs = 10_000;

/** A status that promises no body to use. */
export class UnexpectedAnswer extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the server answered ${status}`);
    this.status = status;
  }
}

/** SWR's fetcher for the settings. */
export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new UnexpectedAnswer(response.status);
  return response.json();
}
