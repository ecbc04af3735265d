import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { bytesOf } from "@/lib/memory-bounds";

export type Encoding = "br" | "gzip" | "identity";

const compressFromBytes = 1_024;
const brotliQuality = 5;
/** The reply's headers for each encoding and for 304, which are kept with the body. */
const repliesBytes = 4 * 1_024;

/** A body that many are sent: compressed once for each encoding, then the same bytes for everyone. */
export class EncodedBody {
  readonly etag: string;
  readonly body: Buffer;
  readonly #compressed = new Map<Encoding, Promise<Buffer>>();
  #compressedBytes = 0;
  #onGrow: (() => void) | null = null;

  constructor(text: string, etag: string) {
    this.etag = etag;
    this.body = ownBuffer(Buffer.byteLength(text));
    this.body.write(text);
  }

  get text(): string {
    return this.body.toString();
  }

  /** What it takes of memory, with every encoding made so far. */
  get bytes(): number {
    return bytesOf(this.body) + this.#compressedBytes + bytesOf(this.etag) + repliesBytes;
  }

  /** Calls when another encoding has been made. One listener: the cache that holds the body. */
  onGrow(listener: () => void): void {
    this.#onGrow = listener;
  }

  /** The body in an encoding; small ones are not worth compressing and come as they are. */
  async encoded(encoding: Encoding): Promise<{ encoding: Encoding; body: Buffer }> {
    if (encoding === "identity" || this.body.length < compressFromBytes) {
      return { encoding: "identity", body: this.body };
    }
    const present = this.#compressed.get(encoding) ?? this.#compress(encoding);
    this.#compressed.set(encoding, present);
    return { encoding, body: await present };
  }

  async #compress(encoding: Encoding): Promise<Buffer> {
    const compressed = await compress(encoding, this.body);
    this.#compressedBytes += bytesOf(compressed);
    this.#onGrow?.();
    return compressed;
  }
}

/** A body whose entity tag comes from its bytes. */
export function hashedBody(text: string): EncodedBody {
  return new EncodedBody(text, `W/"${createHash("sha1").update(text).digest("base64url")}"`);
}

async function compress(encoding: Encoding, body: Buffer): Promise<Buffer> {
  const made = encoding === "gzip" ? await promisify(gzip)(body, { level: 6 }) : await brotli(body);
  const own = ownBuffer(made.length);
  made.copy(own);
  return own;
}

function brotli(body: Buffer): Promise<Buffer> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  return promisify(brotliCompress)(body, { params });
}

/** Of just that size. Small buffers are parts of Node's pool otherwise, and compressed ones of zlib's: both would stay with them. */
function ownBuffer(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(bytes);
}
