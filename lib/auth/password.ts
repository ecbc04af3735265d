/**
 * Passwords by scrypt at N=2^15, r=8, p=3: as strong as OWASP's first choice with a quarter of its memory, about 0.2 s
 * and 32 MiB each. Few run at once, because each takes a thread of libuv's four that files and compression need too.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { RungsError } from "@/lib/domain/errors";

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(given: { hash: string; password: string }): Promise<boolean>;
}

const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 };
const saltBytes = 16;
const hashBytes = 32;
const form = /^\$scrypt\$ln=15,r=8,p=3\$([\w-]{22})\$([\w-]{43})$/;
const runningMax = 2;
const waitingMax = 32;

export function createPasswordHasher(): PasswordHasher {
  const inTurn = createTurns();
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
  };
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One accented letter can be typed as one character or as two.
    scrypt(password.normalize("NFKC"), salt, hashBytes, cost, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}

/** Runs at most `runningMax` tasks at a time and turns away what would wait behind `waitingMax` others. */
function createTurns(): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= runningMax) {
      if (waiting.length >= waitingMax) {
        throw new RungsError("unavailable", "Too many people are signing in right now.", { retryAfter: 5 });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
