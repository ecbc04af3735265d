/** Notes when keys were last used, in one statement every ten seconds: never on the way of a request. */
import { type Database, withDeadline } from "@/db/client";
import { recordApiKeyUse } from "@/db/queries/api-keys";
import type { Logger } from "@/lib/logger";

export interface KeyUsage {
  touch(id: string): void;
  /** Writes what is still unwritten. */
  close(): Promise<void>;
}

const flushEveryMs = 10_000;

export function createKeyUsage({ database, logger }: { database: Database; logger: Logger }): KeyUsage {
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
      logger.warn({ err: error, keys: batch.size }, "could not record the use of API keys");
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
