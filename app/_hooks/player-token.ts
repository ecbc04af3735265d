/**
 * A player's token as the page has it: it comes in the address' fragment, which browsers send to nobody, and is kept by
 * this tab alone. Storage that is switched off only means that a reload needs the link again.
 */

const keyOf = (player: string) => `rungs:token:${player}`;
const remembered = new Map<string, string>();

/** The token for a player, taken out of the address bar if it is there. */
export function takeToken(player: string): string | null {
  const given = new URLSearchParams(window.location.hash.slice(1)).get("token");
  if (given) {
    keep(player, given);
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }
  return remembered.get(player) ?? stored(player);
}

/** For a token that the server refused. */
export function forgetToken(player: string): void {
  remembered.delete(player);
  try {
    window.sessionStorage.removeItem(keyOf(player));
  } catch {}
}

function keep(player: string, token: string): void {
  remembered.set(player, token);
  try {
    window.sessionStorage.setItem(keyOf(player), token);
  } catch {}
}

function stored(player: string): string | null {
  try {
    return window.sessionStorage.getItem(keyOf(player));
  } catch {
    return null;
  }
}
