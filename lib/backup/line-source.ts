import { createHash } from "node:crypto";
import { BackupFileError, endOfRows, rowBytesMax } from "./format";

const newline = 0x0a;
const end = Buffer.from(endOfRows);

/** The lines of a backup, in order; whoever reads rows reads them up to their end. */
export class LineSource {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #hash = createHash("sha256");
  #held: Buffer = Buffer.alloc(0);
  /** Of what was given out so far. */
  bytes = 0;

  constructor(source: AsyncIterable<Buffer>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** Of everything that was given out so far. */
  sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Without its line break. */
  async line(bytesMax: number): Promise<string> {
    let at = this.#held.indexOf(newline);
    while (at < 0 && this.#held.length <= bytesMax && (await this.#more())) at = this.#held.indexOf(newline);
    if (this.#held.length > bytesMax && (at < 0 || at > bytesMax)) throw new BackupFileError("a line is too long");
    if (at < 0) throw new BackupFileError("it ends too early");
    return this.#give(at + 1).toString("utf8", 0, at);
  }

  /** Whole lines up to the end of the table, which is passed over. */
  async *rows(): AsyncGenerator<Buffer> {
    for (;;) {
      // Here begins a line.
      if (this.#held.subarray(0, end.length).equals(end)) {
        this.#give(end.length);
        return;
      }
      const atEnd = this.#held.indexOf(`\n${endOfRows}`);
      const whole = (atEnd < 0 ? this.#held.lastIndexOf(newline) : atEnd) + 1;
      if (whole > 0) {
        yield this.#give(whole);
        continue;
      }
      if (this.#held.length > rowBytesMax) throw new BackupFileError("a row is too long");
      if (!(await this.#more())) throw new BackupFileError("it ends too early");
    }
  }

  async isAtEnd(): Promise<boolean> {
    return this.#held.length === 0 && !(await this.#more());
  }

  /** False at the end of the source. */
  async #more(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done) return false;
    this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
    return true;
  }

  #give(length: number): Buffer {
    const given = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    this.#hash.update(given);
    this.bytes += length;
    return given;
  }
}
