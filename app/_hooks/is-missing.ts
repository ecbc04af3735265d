/**
 * Whether this API says that the board or the player does not exist. The 404 of a proxy, which has no server to ask just
 * now, says nothing of either.
 */
export async function isMissing(response: Response): Promise<boolean> {
  if (response.status !== 404) return false;
  const problem = await response.json().catch(() => null);
  return /.-not-found$/.test(problem?.code);
}
