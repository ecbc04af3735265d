/** Finds the ends of replies, one at a time, in what a connection brings. */
export class ReplyReader {
  readonly #statusLine: string;
  /** Whether the last reply said that the connection ends with it. */
  closes = false;
  /** Bytes still to come of a body of known length. */
  #left = 0;
  #chunked = false;
  /** What has come of a head that is not whole yet. */
  #head = "";
  #tail = "";

  constructor(status: number) {
    this.#statusLine = `HTTP/1.1 ${status} `;
  }

  /** Takes the next bytes; whether they end the reply. */
  isWhole(buffer: Buffer, bytes: number): boolean {
    if (this.#left > 0) {
      this.#left -= bytes;
      return this.#left === 0;
    }
    if (this.#chunked) return this.#endsChunked(buffer.toString("latin1", 0, bytes));
    const text = this.#head + buffer.toString("latin1", 0, Math.min(bytes, 2048));
    const headEnd = text.indexOf("\r\n\r\n");
    if (headEnd === -1) {
      this.#head = text;
      return false;
    }
    if (!text.startsWith(this.#statusLine)) throw new Error(`expected ${this.#statusLine}, got ${text.slice(0, 200)}`);
    const body = bytes + this.#head.length - headEnd - 4;
    this.#head = "";
    const head = text.slice(0, headEnd);
    this.closes = /\r\nconnection: close/i.test(head);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined && /\r\ntransfer-encoding: chunked/i.test(head)) {
      return this.#endsChunked(buffer.toString("latin1", bytes - body, bytes));
    }
    this.#left = Number(length ?? 0) - body;
    return this.#left === 0;
  }

  #endsChunked(text: string): boolean {
    const end = (this.#tail + text).endsWith("\r\n0\r\n\r\n");
    this.#tail = end ? "" : (this.#tail + text).slice(-8);
    this.#chunked = !end;
    return end;
  }
}
