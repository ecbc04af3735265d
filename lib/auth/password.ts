/**
 * Passwords by scrypt at N=2^15, r=8, p=3: as strong as OWASP's first choice with a quarter of its memory, about 0.2 s
 * and 32 MiB each. Few run at once, because each takes a thread of libuv's four that files and compression need too;
 * clients take turns by their address.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { Turns } from "./turns";

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(given: { hash: string; password: string }): Promise<boolean>;
  /** What `work` hashes is done in the turns of this address: better-auth, which does it, passes no address on. */
  forAddress<T>(address: string, work: () => Promise<T>): Promise<T>;
}

const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 };
const saltBytes = 16;
const hashBytes = 32;
const form = /^\$scrypt\$ln=15,r=8,p=3\$([\w-]{22})\$([\w-]{43})$/;
const limits = { running: 2, waiting: 64, waitingEach: 4 };

export function createPasswordHasher(): PasswordHasher {
  const turns = new Turns(limits);
  const addresses = new AsyncLocalStorage<string>();
  const inTurn = <T>(task: () => Promise<T>) => turns.run(addresses.getStore() ?? "", task);
  return {
    async hash(password) {
      const salt = randomBytes(saltBytes);
      const hash = await inTurn(() => derive(password, salt));
      return `$scrypt$ln=15,r=8,p=3$${salt.toString("base64url")}$${hash.toString("base64url")}`;
    },
    async verify({ hash, password }) {
      const [, salt, expected] = form.exec(hash) ?? [];
      if (!salt || !expected) return false;
      const actual = await inTurn(() => derive(password, Buffer.from(salt, "base64url")));
      return timingSafeEqual(actual, Buffer.from(expected, "base64url"));
    },
    forAddress: (address, work) => addresses.run(address, work),
  };
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One accented letter can be typed as one character or as two.
    scrypt(password.normalize("NFKC"), salt, hashBytes, cost, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}
