import type { Board } from "@/lib/domain/board";
import { isRungsError } from "@/lib/domain/errors";
import type { StorageErrors } from "@/lib/storage-errors";
import { eventFrame } from "./sse-frame";
import type { View } from "./view";
import type { Viewer } from "./viewer";

interface Source {
  readStanding(board: Board, player: string, payer?: string | null): Promise<string | null>;
  storageErrors: StorageErrors;
}

interface Watched {
  player: string;
  viewers: Set<Viewer>;
  json: string | null;
  /** When it was last read, or the round in which it was. */
  readAt: number;
  reading: boolean;
  /**
   * Addresses for which the first read was refused; null once it was made. It counts for the address of a viewer, so that
   * streams opened in a loop are no way round its budget.
   */
  refused: Set<string | null> | null;
  /** To be read in the next round, also when the board does not change. */
  isDue: boolean;
  /** The newest inbox item that viewers have been told of. */
  newestItem: number;
}

const everyMs = 2_000;
const readsAtOnceMax = 32;

/** The players that viewers of one board watch: each read at most every 2 s, for all who watch it. */
export class StandingWatch {
  readonly #source: Source;
  readonly #view: () => View | null;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | null = null;
  #roundAt = 0;
  #hasChanged = false;

  constructor(source: Source, view: () => View | null) {
    this.#source = source;
    this.#view = view;
  }

  /** What is to be sent at once; a standing that is not known yet follows by itself. */
  add(viewer: Viewer): Buffer[] {
    const { player } = viewer;
    if (player === null) return [];
    const watched = this.#watched.get(player) ?? newWatched(player);
    watched.viewers.add(viewer);
    this.#watched.set(player, watched);
    if (watched.json === null && !watched.reading) void this.#read(watched, performance.now());
    return this.framesFor(viewer);
  }

  remove(viewer: Viewer): void {
    const watched = viewer.player === null ? undefined : this.#watched.get(viewer.player);
    watched?.viewers.delete(viewer);
    if (watched?.viewers.size === 0) this.#watched.delete(watched.player);
  }

  framesFor({ player }: Viewer): Buffer[] {
    const json = player === null ? null : this.#watched.get(player)?.json;
    return json ? [this.#frame(json)] : [];
  }

  /** Hears that the board changed. */
  changed(): void {
    if (this.#watched.size === 0) return;
    this.#hasChanged = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer) return;
    const wait = Math.max(0, this.#roundAt + everyMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#round();
    }, wait);
  }

  /** Hears that a player has new inbox items. The event says no more than that: whoever may read them asks. */
  inbox(newest: ReadonlyMap<string, number>): void {
    for (const [player, id] of newest) {
      const watched = this.#watched.get(player);
      if (!watched || id <= watched.newestItem) continue;
      watched.newestItem = id;
      const frames = [eventFrame("inbox", `{"newest":${id}}`, null)];
      for (const viewer of watched.viewers) viewer.send(frames);
    }
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#watched.clear();
  }

  async #round(): Promise<void> {
    const now = performance.now();
    const lastRoundAt = this.#roundAt;
    this.#roundAt = now;
    const due = [...this.#watched.values()].filter(({ isDue }) => isDue || this.#hasChanged);
    this.#hasChanged = false;
    const work = async () => {
      for (let watched = due.pop(); watched; watched = due.pop()) {
        const readBetween = watched.readAt > lastRoundAt && now - watched.readAt < everyMs;
        // It may have been read before the change, but too short a time ago: left for the next round.
        if (watched.reading || readBetween) this.#leave(watched);
        else await this.#read(watched, now);
      }
    };
    await Promise.all(Array.from({ length: Math.min(readsAtOnceMax, due.length) }, work));
  }

  /** For the next round. */
  #leave(watched: Watched): void {
    if (watched.viewers.size === 0) return;
    watched.isDue = true;
    this.#schedule();
  }

  async #read(watched: Watched, readAt: number): Promise<void> {
    const board = this.#view()?.page.board;
    if (!board || watched.viewers.size === 0) return;
    const payer = payerOf(watched);
    Object.assign(watched, { reading: true, readAt, isDue: false });
    try {
      const json = await this.#source.readStanding(board, watched.player, payer);
      watched.refused = null;
      if (json === null || json === watched.json) return;
      watched.json = json;
      const frames = [this.#frame(json)];
      for (const viewer of watched.viewers) viewer.send(frames);
    } catch (error) {
      const consequence = "standing of a selected player not sent; retried within seconds";
      const isRefused = isRungsError(error) && error.code === "too-many-requests";
      if (isRefused && payer !== undefined) watched.refused?.add(payer);
      else this.#source.storageErrors.report({ component: "streams", board: board.id, error, consequence });
      this.#leave(watched);
    } finally {
      watched.reading = false;
    }
  }

  /** The id is the stream's own position: a later one would make a returning viewer skip deltas. */
  #frame(json: string): Buffer {
    return eventFrame("standing", json, this.#view()?.page ?? null);
  }
}

/** The address of the newest viewer whose address was not refused yet; undefined when nobody has to pay. */
function payerOf({ refused, viewers }: Watched): string | null | undefined {
  if (!refused) return undefined;
  const addresses = [...viewers].map(({ address }) => address);
  const payer = addresses.findLast((address) => !refused.has(address));
  if (payer !== undefined) return payer;
  refused.clear();
  return addresses.at(-1) ?? null;
}

function newWatched(player: string): Watched {
  return {
    player,
    viewers: new Set(),
    json: null,
    readAt: 0,
    newestItem: 0,
    reading: false,
    refused: new Set(),
    isDue: false,
  };
}
