/** API keys: made, listed, revoked, and checked on every post. */
import { timingSafeEqual } from "node:crypto";
import { type Database, withDeadline } from "@/db/client";
import { findActiveApiKeys, insertApiKey, listApiKeys, revokeApiKey } from "@/db/queries/api-keys";
import type { ApiKeyView, ApiScope, CreatedKeyView, CreateKeyInput } from "@/lib/domain/access";
import { isRungsError, RungsError } from "@/lib/domain/errors";
import { FloodLog } from "@/lib/flood-log";
import type { Logger } from "@/lib/logger";
import type { StorageErrors } from "@/lib/storage-errors";
import { createKeyCache } from "./key-cache";
import { KeyLookups } from "./key-lookups";
import { type KeyText, KeyTexts, keyIdLength, keySecretLength } from "./key-text";
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
  /**
   * Null for anything that is not a key in force. Throws `unavailable` when that cannot be found out in time, and
   * `too-many-requests` where too many unknown keys come, from one address or in all.
   */
  verify(key: string, address?: string | null): Promise<VerifiedKey | null>;
  /** The key itself is in this reply and nowhere else. */
  create(input: CreateKeyInput): Promise<CreatedKeyView>;
  list(): Promise<ApiKeyView[]>;
  /** Bites at once here, within a second on other instances. False when there is no such key. */
  revoke(id: string): Promise<boolean>;
  /** What is held takes of memory. */
  bytes(): number;
  close(): Promise<void>;
}

interface Dependencies {
  database: Database;
  logger: Logger;
  storageErrors: StorageErrors;
  /** Marks the texts of keys. */
  authSecret?: string | undefined;
}

const idPattern = new RegExp(`^[0-9A-Za-z]{${keyIdLength}}$`);
const readDeadlineMs = 2_000;

export function createApiKeys({ database, logger, storageErrors, authSecret }: Dependencies): ApiKeys {
  const usage = createKeyUsage({ database, storageErrors });
  const texts = new KeyTexts(authSecret);
  const readMany = (ids: string[]) => withDeadline(findActiveApiKeys(database.db, ids), readDeadlineMs);
  const readOne = async (id: string) => (await readMany([id]))[0] ?? null;
  const lookups = new KeyLookups(readMany);
  const cache = createKeyCache(readOne);
  const floods = new FloodLog(
    logger,
    "unknown API keys come faster than they are looked up: some requests are refused",
  );

  async function find(text: KeyText, address: string | null) {
    const { id } = text;
    try {
      return await cache.find(id, () => (text.isMarked() ? readOne(id) : lookups.find(id, address ?? "")));
    } catch (error) {
      if (isRungsError(error)) {
        floods.warn({ address });
        throw error;
      }
      storageErrors.report({ component: "API keys", error, consequence: "API key not checked, answered with 503" });
      throw new RungsError("unavailable", "The API key could not be checked just now.", { retryAfter: 1 });
    }
  }

  return {
    async verify(key, address = null) {
      const text = texts.read(key);
      const stored = text && (await find(text, address));
      if (!stored || !isSecret(text.secret, stored.secretHash)) return null;
      const { id } = stored;
      usage.touch(id);
      return { id, scopes: stored.scopes, boards: stored.boards };
    },
    async create(input) {
      const id = randomBase62(keyIdLength);
      const secret = randomBase62(keySecretLength);
      const view = await withDeadline(insertApiKey(database.db, { ...input, id, secretHash: sha256(secret) }));
      cache.forget(id);
      return { ...view, key: texts.write(id, secret) };
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
    bytes: () => cache.bytes(),
    close: () => usage.close(),
  };
}

function isSecret(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(secret), "hex"), Buffer.from(hash, "hex"));
}
