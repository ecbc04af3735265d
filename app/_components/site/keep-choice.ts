const keptSeconds = 365 * 24 * 60 * 60;

/** Keeps what somebody chose in a cookie, so that the server knows it with the next request. */
export function keepChoice(cookie: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${cookie}=${value}; Path=/; Max-Age=${keptSeconds}; SameSite=Lax`;
}
