/** The players of a board that this browser's viewer follows: the same in all tabs, and after a restart. */
import { readStored, writeStored } from "./stored";

export interface Following {
  /** Ids, in the order in which they were picked. */
  players: readonly string[];
  /** Whether the viewer has folded the list up. */
  folded: boolean;
}

export const followedMax = 20;
/** Characters, each of one or two units. */
const idMax = 128;
const prefix = "rungs:follow:";
const nobody: Following = { players: [], folded: false };

export class Followed {
  readonly #key: string;
  readonly #listeners = new Set<() => void>();
  #following: Following;

  constructor(boardId: string) {
    this.#key = prefix + boardId;
    this.#following = parseFollowing(readStored(this.#key));
    // For as long as the page is open: there is one of these for each of its boards.
    window.addEventListener("storage", this.#onStorage);
  }

  readonly get = (): Following => this.#following;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Follows the player, or stops doing so; nobody beyond `followedMax`. */
  toggle(player: string): void {
    const { players, folded } = this.#following;
    const others = players.filter((other) => other !== player);
    const isNew = others.length === players.length;
    this.#keep({ players: isNew ? [...others, player].slice(0, followedMax) : others, folded });
  }

  fold(folded: boolean): void {
    if (folded !== this.#following.folded) this.#keep({ ...this.#following, folded });
  }

  /** What cannot be stored still counts on this page. */
  #keep(following: Following): void {
    writeStored(this.#key, following.players.length > 0 ? following : null);
    this.#set(following);
  }

  /** Another tab has changed something; a key of null is everything at once. */
  readonly #onStorage = ({ key }: StorageEvent): void => {
    if (key === this.#key || key === null) this.#set(parseFollowing(readStored(this.#key)));
  };

  #set(following: Following): void {
    this.#following = following;
    for (const listener of this.#listeners) listener();
  }
}

/** Takes nothing on trust: anybody's script, or an older version of this one, may have written it. */
export function parseFollowing(stored: unknown): Following {
  const { players, folded } = (stored ?? {}) as { players?: unknown; folded?: unknown };
  if (!Array.isArray(players)) return nobody;
  const ids = players.filter((id): id is string => typeof id === "string" && isId(id));
  return { players: [...new Set(ids)].slice(0, followedMax), folded: folded === true };
}

/** As the API has them; half a character would not even make an address. */
function isId(text: string): boolean {
  return text !== "" && text.length <= 2 * idMax && !/[\p{Cc}\p{Cs}]/u.test(text);
}
