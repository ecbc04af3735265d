import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Board } from "@/lib/domain/board";
import type { RankedStanding } from "@/lib/domain/ranking";
import type { Position } from "@/lib/domain/snapshot";
import { encodeSnapshot } from "@/lib/domain/wire";

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

export type Encoding = "br" | "gzip" | "identity";

const compressFromBytes = 1_024;
const brotliQuality = 5;

/** One page at one version: encoded once, compressed once for each encoding, then the same bytes for everyone. */
export class View {
  readonly page: ReadPage;
  readonly asOf: string;
  readonly etag: string;
  readonly text: string;
  readonly body: Buffer;
  readonly #compressed = new Map<Encoding, Promise<Buffer>>();

  constructor(page: ReadPage, window: Window, asOf: string = new Date().toISOString()) {
    this.page = page;
    this.asOf = asOf;
    this.etag = etagOf(page, page.board.revision, window, page.stale);
    this.text = encodeSnapshot({ ...page, asOf });
    this.body = Buffer.from(this.text);
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

  /** The body in an encoding; small ones are not worth compressing and come as they are. */
  async encoded(encoding: Encoding): Promise<{ encoding: Encoding; body: Buffer }> {
    if (encoding === "identity" || this.body.length < compressFromBytes) {
      return { encoding: "identity", body: this.body };
    }
    const present = this.#compressed.get(encoding) ?? compress(encoding, this.body);
    this.#compressed.set(encoding, present);
    return { encoding, body: await present };
  }
}

/**
 * `W/"<epoch>-<version>~<suffix>"`: derived from what is served. The suffix names settings and view and means nothing
 * to clients, which may put a newer position from the stream before it.
 */
function etagOf({ epoch, version }: Position, revision: number, { offset, limit }: Window, stale: boolean): string {
  return `W/"${epoch}-${version}~${revision}.${limit}.${offset}${stale ? ".stale" : ""}"`;
}

async function compress(encoding: Encoding, body: Buffer): Promise<Buffer> {
  if (encoding === "gzip") return promisify(gzip)(body, { level: 6 });
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  return promisify(brotliCompress)(body, { params });
}
