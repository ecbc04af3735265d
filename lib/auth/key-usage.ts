/** Notes when keys were last used, in one statement every ten seconds: never on the way of a request. */
import { type Database, withDeadline } from "@/db/client";
import { recordApiKeyUse } from "@/db/queries/api-keys";
import type { StorageErrors } from "@/lib/storage-errors";

export interface KeyUsage {
  touch(id: string): void;
  /** Writes what is still unwritten. */
  close(): Promise<void>;
}

const flushEveryMs = 10_000;

interface Dependencies {
  database: Database;
  storageErrors: StorageErrors;
}

export function createKeyUsage({ database, storageErrors }: Dependencies): KeyUsage {
  let used = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  function schedule(): void {
    if (closed) return;
    timer ??= setTimeout(flush, flushEveryMs).unref();
  }

  function flush(): void {
    timer = undefined;
    writing = writing.then(write);
  }

  async function write(): Promise<void> {
    if (used.size === 0) return;
    const batch = used;
    used = new Map();
    try {
      const uses = [...batch].map(([id, at]) => ({ id, at: new Date(at) }));
      await withDeadline(recordApiKeyUse(database.db, uses));
    } catch (error) {
      const consequence = "last use of API keys not recorded; retried in ten seconds";
      storageErrors.report({ component: "API keys", error, consequence });
      used = new Map([...batch, ...used]);
      schedule();
    }
  }

  return {
    touch(id) {
      used.set(id, Date.now());
      schedule();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      flush();
      await writing;
    },
  };
}
