/** Random ids and secrets, and the only form in which secrets are kept. */
import { createHash, randomBytes } from "node:crypto";

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** The largest multiple of 62 in a byte; bytes from here on are thrown away, so that all characters are equally likely. */
const fairBelow = 248;

export function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < fairBelow && text.length < length) text += base62[byte % 62];
    }
  }
  return text;
}

/** The first digits of the number that the bytes are. */
export function base62Of(bytes: Buffer, length: number): string {
  let number = BigInt(`0x${bytes.toString("hex")}`);
  let text = "";
  for (; text.length < length; number /= 62n) text += base62[Number(number % 62n)];
  return text;
}

/** Hex. A plain hash is enough for secrets with 128 bits of randomness or more; never for passwords. */
export function sha256(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
