import type { Board } from "@/lib/domain/board";
import type { RankedStanding } from "@/lib/domain/ranking";
import type { Position } from "@/lib/domain/snapshot";
import { encodeSnapshot } from "@/lib/domain/wire";
import { bytesOf } from "@/lib/memory-bounds";
import { EncodedBody } from "./encoded-body";

export interface Window {
  offset: number;
  limit: number;
}

/** A page of a board as a reader of the store found it. */
export interface ReadPage extends Position {
  board: Board;
  revision: number;
  total: number;
  entries: RankedStanding[];
  stale: boolean;
}

/** One page at one version: encoded once, compressed once for each encoding, then the same bytes for everyone. */
export class View extends EncodedBody {
  readonly page: ReadPage;
  readonly asOf: string;
  readonly #pageBytes: number;

  constructor(page: ReadPage, window: Window, asOf: string = new Date().toISOString()) {
    super(encodeSnapshot({ ...page, asOf }), etagOf(page, page.board.revision, window, page.stale));
    this.page = page;
    this.asOf = asOf;
    this.#pageBytes = bytesOf(page);
  }

  override get bytes(): number {
    return super.bytes + this.#pageBytes;
  }

  /** Whether this is what a reader would find at the position given. */
  isAt(position: Position & { stale: boolean }, board: Board): boolean {
    return (
      this.page.version === position.version &&
      this.page.epoch === position.epoch &&
      this.page.stale === position.stale &&
      this.page.board.uid === board.uid &&
      this.page.board.revision === board.revision
    );
  }
}

/**
 * `W/"<epoch>-<version>~<suffix>"`: derived from what is served. The suffix names settings and view and means nothing
 * to clients, which may put a newer position from the stream before it.
 */
function etagOf({ epoch, version }: Position, revision: number, { offset, limit }: Window, stale: boolean): string {
  return `W/"${epoch}-${version}~${revision}.${limit}.${offset}${stale ? ".stale" : ""}"`;
}
