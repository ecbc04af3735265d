/** Cuts replies out of what a server sends, one after another, as RFC 9112 says where each ends. */
export interface RawReply {
  status: number;
  /** The head as it came, for looking something up in. */
  head: string;
}

type Where = "head" | "body" | "chunk" | "until-close";

export class ReplyParser {
  readonly #onReply: (reply: RawReply) => void;
  /** Whether the reply that comes next has no body whatever its head says. */
  readonly #isHead: () => boolean;
  #rest: Buffer = Buffer.alloc(0);
  #where: Where = "head";
  #left = 0;
  #reply: RawReply = { status: 0, head: "" };

  constructor(isHead: () => boolean, onReply: (reply: RawReply) => void) {
    this.#isHead = isHead;
    this.#onReply = onReply;
  }

  /** A reply without a length has begun: it ends with the connection. */
  get isOpenEnded(): boolean {
    return this.#where === "until-close";
  }

  push(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#step());
  }

  #step(): boolean {
    switch (this.#where) {
      case "head":
        return this.#readHead();
      case "body":
        return this.#skip(() => this.#done());
      case "chunk":
        return this.#left > 0 ? this.#skip(() => undefined) : this.#readChunkSize();
      case "until-close":
        this.#rest = Buffer.alloc(0);
        return false;
    }
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf("\r\n\r\n");
    if (end === -1) return false;
    const head = this.#rest.toString("latin1", 0, end + 2);
    this.#rest = this.#rest.subarray(end + 4);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
    if (!status) throw new Error(`not a reply: ${JSON.stringify(head.slice(0, 200))}`);
    // 100 Continue comes before the reply.
    if (status < 200) return true;
    this.#reply = { status, head };
    if (this.#isHead() || status === 204 || status === 304) return this.#done();
    const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1];
    if (length !== undefined) {
      this.#left = Number(length);
      this.#where = "body";
      return this.#left > 0 || this.#done();
    }
    this.#left = 0;
    this.#where = /\r\ntransfer-encoding: chunked\r\n/i.test(head) ? "chunk" : "until-close";
    if (this.#where === "until-close") this.#onReply(this.#reply);
    return true;
  }

  #skip(then: () => unknown): boolean {
    if (this.#rest.length === 0) return false;
    const skipped = Math.min(this.#left, this.#rest.length);
    this.#left -= skipped;
    this.#rest = this.#rest.subarray(skipped);
    if (this.#left === 0) then();
    return true;
  }

  #readChunkSize(): boolean {
    const end = this.#rest.indexOf("\r\n", this.#rest.length > 1 && this.#rest[0] === 13 ? 2 : 0);
    if (end === -1) return false;
    const size = Number.parseInt(this.#rest.toString("latin1", 0, end).trim(), 16);
    if (Number.isNaN(size)) throw new Error("not a chunk");
    if (size > 0) {
      this.#rest = this.#rest.subarray(end + 2);
      this.#left = size;
      return true;
    }
    if (this.#rest.length < end + 4) return false;
    this.#rest = this.#rest.subarray(end + 4);
    return this.#done();
  }

  #done(): true {
    this.#where = "head";
    this.#onReply(this.#reply);
    return true;
  }
}
