import type { Board } from "@/lib/domain/board";
import type { Logger } from "@/lib/logger";
import { eventFrame } from "./sse-frame";
import type { View } from "./view";
import type { Viewer } from "./viewer";

interface Source {
  readStanding(board: Board, player: string): Promise<string | null>;
  logger: Logger;
}

interface Watched {
  viewers: Set<Viewer>;
  json: string | null;
}

const everyMs = 2_000;

/** The players that viewers of one board watch: each read once per round for all who watch it, at most every 2 s. */
export class StandingWatch {
  readonly #source: Source;
  readonly #view: () => View | null;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | null = null;
  #readAt = 0;

  constructor(source: Source, view: () => View | null) {
    this.#source = source;
    this.#view = view;
  }

  add(viewer: Viewer): void {
    if (viewer.player === null) return;
    const watched = this.#watched.get(viewer.player) ?? { viewers: new Set(), json: null };
    watched.viewers.add(viewer);
    this.#watched.set(viewer.player, watched);
    if (watched.json === null) void this.#readOne(viewer.player, watched);
    else this.#send(viewer, watched.json);
  }

  remove(viewer: Viewer): void {
    const watched = viewer.player === null ? undefined : this.#watched.get(viewer.player);
    watched?.viewers.delete(viewer);
    if (watched?.viewers.size === 0 && viewer.player !== null) this.#watched.delete(viewer.player);
  }

  resend(viewer: Viewer): void {
    const json = viewer.player === null ? null : this.#watched.get(viewer.player)?.json;
    if (json) this.#send(viewer, json);
  }

  /** Hears that the board changed. */
  changed(): void {
    if (this.#timer || this.#watched.size === 0) return;
    const wait = Math.max(0, this.#readAt + everyMs - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#readAt = Date.now();
      for (const [player, watched] of this.#watched) void this.#readOne(player, watched);
    }, wait);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#watched.clear();
  }

  async #readOne(player: string, watched: Watched): Promise<void> {
    const board = this.#view()?.page.board;
    if (!board) return;
    try {
      const json = await this.#source.readStanding(board, player);
      if (json === null || json === watched.json) return;
      watched.json = json;
      for (const viewer of watched.viewers) this.#send(viewer, json);
    } catch (error) {
      this.#source.logger.debug({ err: error, board: board.id }, "a watched standing could not be read");
    }
  }

  /** The id is the stream's own position: a later one would make a returning viewer skip deltas. */
  #send(viewer: Viewer, json: string): void {
    viewer.send(eventFrame("standing", json, this.#view()?.page ?? null));
  }
}
