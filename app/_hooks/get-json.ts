const timeoutMs = 10_000;

/** SWR's fetcher for the settings; rejects with words for the organizer. */
export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(timeoutMs) });
  if (response.status === 401) throw new Error("Your session has ended. Sign in again.");
  if (!response.ok) throw new Error(`The server answered ${response.status}. Reload the page in a moment.`);
  return response.json();
}
