import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export type Encoding = "br" | "gzip" | "identity";

const compressFromBytes = 1_024;
const brotliQuality = 5;

/** A body that many are sent: compressed once for each encoding, then the same bytes for everyone. */
export class EncodedBody {
  readonly text: string;
  readonly etag: string;
  readonly body: Buffer;
  readonly #compressed = new Map<Encoding, Promise<Buffer>>();

  constructor(text: string, etag: string) {
    this.text = text;
    this.etag = etag;
    this.body = Buffer.from(text);
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

/** A body whose entity tag comes from its bytes. */
export function hashedBody(text: string): EncodedBody {
  return new EncodedBody(text, `W/"${createHash("sha1").update(text).digest("base64url")}"`);
}

async function compress(encoding: Encoding, body: Buffer): Promise<Buffer> {
  if (encoding === "gzip") return promisify(gzip)(body, { level: 6 });
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  return promisify(brotliCompress)(body, { params });
}
