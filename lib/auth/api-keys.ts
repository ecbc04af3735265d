/** API keys, `rungs_<id>_<secret>`: made, listed, revoked, and checked on every post. */
import { timingSafeEqual } from "node:crypto";
import { type Database, withDeadline } from "@/db/client";
import { findActiveApiKey, insertApiKey, listApiKeys, revokeApiKey } from "@/db/queries/api-keys";
import type { ApiKeyView, ApiScope, CreatedKeyView, CreateKeyInput } from "@/lib/domain/access";
import { isRungsError, RungsError } from "@/lib/domain/errors";
import type { Logger } from "@/lib/logger";
import { createKeyCache } from "./key-cache";
import { createKeyUsage } from "./key-usage";
import { randomBase62, sha256 } from "./tokens";

/** A key that was checked. */
export interface VerifiedKey {
  id: string;
  scopes: readonly ApiScope[];
  /** Board ids the key is good for; null means all. */
  boards: readonly string[] | null;
}

export interface ApiKeys {
  /** Null for anything that is not a key in force. Throws `unavailable` when that cannot be found out in time. */
  verify(key: string): Promise<VerifiedKey | null>;
  /** The key itself is in this reply and nowhere else. */
  create(input: CreateKeyInput): Promise<CreatedKeyView>;
  list(): Promise<ApiKeyView[]>;
  /** Bites at once here, within a second on other instances. False when there is no such key. */
  revoke(id: string): Promise<boolean>;
  close(): Promise<void>;
}

const idLength = 12;
/** 43 characters of base 62 hold 256 bits. */
const secretLength = 43;
const idPattern = new RegExp(`^[0-9A-Za-z]{${idLength}}$`);
const keyPattern = new RegExp(`^rungs_([0-9A-Za-z]{${idLength}})_([0-9A-Za-z]{${secretLength}})$`);
const readDeadlineMs = 2_000;

export function createApiKeys({ database, logger }: { database: Database; logger: Logger }): ApiKeys {
  const usage = createKeyUsage({ database, logger });
  const cache = createKeyCache((id) => withDeadline(findActiveApiKey(database.db, id), readDeadlineMs));

  async function find(id: string) {
    try {
      return await cache.find(id);
    } catch (error) {
      if (isRungsError(error)) throw error;
      logger.error({ err: error }, "could not check an API key");
      throw new RungsError("unavailable", "The API key could not be checked just now.", { retryAfter: 1 });
    }
  }

  return {
    async verify(key) {
      const [, id, secret] = keyPattern.exec(key) ?? [];
      if (!id || !secret) return null;
      const stored = await find(id);
      if (!stored || !isSecret(secret, stored.secretHash)) return null;
      usage.touch(id);
      return { id, scopes: stored.scopes, boards: stored.boards };
    },
    async create(input) {
      const id = randomBase62(idLength);
      const secret = randomBase62(secretLength);
      const view = await withDeadline(insertApiKey(database.db, { ...input, id, secretHash: sha256(secret) }));
      cache.forget(id);
      return { ...view, key: `rungs_${id}_${secret}` };
    },
    list: () => withDeadline(listApiKeys(database.db)),
    async revoke(id) {
      if (!idPattern.test(id)) return false;
      try {
        return await withDeadline(revokeApiKey(database.db, id));
      } finally {
        cache.forget(id);
      }
    },
    close: () => usage.close(),
  };
}

function isSecret(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(secret), "hex"), Buffer.from(hash, "hex"));
}
