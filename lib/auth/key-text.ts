/**
 * The text of an API key: `rungs_`, 12 characters of id, `_`, 43 of secret, and 6 by which the text is recognised as one
 * that was made here, without a read. Keys made before that, or under another `AUTH_SECRET`, lack or fail that mark;
 * they are as good, and are looked up.
 */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { base62Of } from "./tokens";

export interface KeyText {
  id: string;
  secret: string;
  /** Whether only a holder of AUTH_SECRET can have written it; costs a hash. */
  isMarked(): boolean;
}

export const keyIdLength = 12;
/** 43 characters of base 62 hold 256 bits. */
export const keySecretLength = 43;
const markLength = 6;
const pattern = new RegExp(
  `^rungs_([0-9A-Za-z]{${keyIdLength}})_([0-9A-Za-z]{${keySecretLength}})([0-9A-Za-z]{${markLength}})?$`,
);

export class KeyTexts {
  readonly #markKey: Buffer | null;

  /** Without a secret it neither makes nor recognises marks. */
  constructor(authSecret: string | undefined) {
    this.#markKey = authSecret ? Buffer.from(hkdfSync("sha256", authSecret, "", "rungs api key mark v1", 32)) : null;
  }

  write(id: string, secret: string): string {
    return `rungs_${id}_${secret}${this.#markOf(id, secret)}`;
  }

  /** Null for what is not the text of a key. */
  read(text: string): KeyText | null {
    const [, id, secret, mark] = pattern.exec(text) ?? [];
    if (!id || !secret) return null;
    return { id, secret, isMarked: () => mark !== undefined && this.#isMark(mark, id, secret) };
  }

  #isMark(mark: string, id: string, secret: string): boolean {
    const own = this.#markOf(id, secret);
    return own !== "" && timingSafeEqual(Buffer.from(mark), Buffer.from(own));
  }

  #markOf(id: string, secret: string): string {
    if (!this.#markKey) return "";
    return base62Of(createHmac("sha256", this.#markKey).update(`${id}_${secret}`).digest(), markLength);
  }
}
