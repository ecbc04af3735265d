import { createHash } from "node:crypto";

const newline = 0x0a;

/** Counts and digests the rows of a table on their way through. */
export class TableTally {
  readonly #hash = createHash("sha256");
  rows = 0;
  bytes = 0;

  add(piece: Buffer): void {
    this.#hash.update(piece);
    this.bytes += piece.length;
    // In COPY's text format a line is a row.
    for (let at = piece.indexOf(newline); at >= 0; at = piece.indexOf(newline, at + 1)) this.rows++;
  }

  sha256(): string {
    return this.#hash.copy().digest("hex");
  }
}
