/**
 * How often a sign-in may be tried, right or wrong, on all instances together:
 * - from one address: 3 times, then once in 10 seconds;
 * - one account from one address: 10 times, then once a minute, whole again with the right password;
 * - one account from all addresses: 50 times, then 50 an hour (NIST SP 800-63B allows 100 failures in a row, OWASP ASVS
 *   100 an hour). Addresses where the account has a session do not count there, so that a guesser from many addresses
 *   cannot lock its owner out of the places where the owner is signed in.
 * Invitations may be tried 30 times from one address, then once in 10 seconds: room for a hall that joins together.
 * Each instance remembers what it has refused, and refuses it again without a look at Postgres.
 */
import { type Database, withDeadline } from "@/db/client";
import {
  type Budget,
  deleteWholeBudgets,
  findSessionAddresses,
  restoreBudget,
  takeTry,
} from "@/db/queries/rate-limits";
import { readAddress } from "@/lib/address-ranges";
import { BoundedCache } from "@/lib/bounded-cache";
import { RungsError } from "@/lib/domain/errors";
import { FloodLog } from "@/lib/flood-log";
import type { Logger } from "@/lib/logger";
import type { StorageErrors } from "@/lib/storage-errors";
import { sha256 } from "./tokens";

interface Dependencies {
  database: Database;
  logger: Logger;
  storageErrors: StorageErrors;
}

/** One in so many tries clears away what the others have left. */
const clearEvery = 50;
/** A hash and a number. */
const refusedBytes = 192;

export class SignInLimits {
  readonly #database: Database;
  readonly #storageErrors: StorageErrors;
  readonly #refusals: FloodLog;
  /** By budget: when there is a try again, by the monotonic clock. */
  readonly #refusedUntil = new BoundedCache<string, number>("signInRefusals", refusedBytes);
  #tries = 0;

  constructor({ database, logger, storageErrors }: Dependencies) {
    this.#database = database;
    this.#storageErrors = storageErrors;
    this.#refusals = new FloodLog(logger, "too many tries to sign in: refused without a look at the password");
  }

  /** What is held takes of memory. */
  get bytes(): number {
    return this.#refusedUntil.bytes;
  }

  /** Throws `too-many-requests`. */
  async countInvitation(address: string): Promise<void> {
    await this.#take(ofInvitationsFrom(address), { address });
  }

  /** The same of a sign-in. */
  async count(account: string, address: string): Promise<void> {
    await this.#take(ofAddress(address), { account, address });
    await this.#take(ofAccountAt(account, address), { account, address });
    if (await this.#hasSession(account, address)) return;
    await this.#take(ofAccount(account), { account, address });
  }

  async succeeded(account: string, address: string): Promise<void> {
    const { key } = ofAccountAt(account, address);
    this.#refusedUntil.delete(key);
    const restored = withDeadline(restoreBudget(this.#database.db, key));
    const consequence = "tries to sign in still count after the right password";
    await restored.catch((error) => this.#storageErrors.report({ component: "sign-in", error, consequence }));
  }

  async #take(budget: Budget, facts: { account?: string; address: string }): Promise<void> {
    const ms = this.#refusedMs(budget.key) || (await this.#takeStored(budget));
    if (ms === 0) return;
    this.#refusals.warn(facts);
    const retryAfter = Math.ceil(ms / 1_000);
    throw new RungsError("too-many-requests", "Too many attempts to sign in. Try again later.", { retryAfter });
  }

  #refusedMs(key: string): number {
    return Math.max(0, (this.#refusedUntil.get(key) ?? 0) - performance.now());
  }

  async #takeStored(budget: Budget): Promise<number> {
    const { db } = this.#database;
    if (this.#tries++ % clearEvery === 0) await withDeadline(deleteWholeBudgets(db));
    const ms = await withDeadline(takeTry(db, budget));
    if (ms > 0) this.#refusedUntil.set(budget.key, performance.now() + ms);
    return ms;
  }

  async #hasSession(account: string, address: string): Promise<boolean> {
    const here = readAddress(address)?.toString();
    if (here === undefined) return false;
    const addresses = await withDeadline(findSessionAddresses(this.#database.db, account));
    return addresses.some((one) => readAddress(one)?.toString() === here);
  }
}

function ofInvitationsFrom(address: string): Budget {
  return { key: keyOf("invitations", address), burst: 30, everyMs: 10_000 };
}

function ofAddress(address: string): Budget {
  return { key: keyOf("address", address), burst: 3, everyMs: 10_000 };
}

function ofAccountAt(account: string, address: string): Budget {
  return { key: keyOf("account at", account, address), burst: 10, everyMs: 60_000 };
}

function ofAccount(account: string): Budget {
  return { key: keyOf("account", account), burst: 50, everyMs: 72_000 };
}

/** What strangers type is kept as a hash. */
function keyOf(...parts: string[]): string {
  return sha256(JSON.stringify(["sign in", ...parts]));
}
