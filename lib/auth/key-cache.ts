/**
 * Remembers API keys so that checking one seldom costs a query. Nothing is believed longer than `maxAgeMs`, counted from
 * before Postgres was asked, whether it says yes or no: a revocation anywhere bites everywhere within a second. A key
 * that was good, or whose text was made here, is read at once; any other waits its turn among those that nothing speaks for.
 */
import { LRUCache } from "lru-cache";
import type { StoredKey } from "@/db/queries/api-keys";
import { bytesMaxOf, bytesOf } from "@/lib/memory-bounds";

/** Of one key; null for one that does not exist or was revoked. */
type ReadKey = (id: string) => Promise<StoredKey | null>;

export interface KeyCache {
  /**
   * Null for a key that does not exist or was revoked. Rejects when the read does.
   * @param lookUp another read, for a key that was not good when last read
   */
  find(id: string, lookUp?: ReadKey): Promise<StoredKey | null>;
  forget(id: string): void;
  /** What is held takes of memory. */
  bytes(): number;
}

const maxAgeMs = 800;
/** Of the caches for an answer, id and key apart. */
const answerBytes = 256;

interface Answer {
  /** When Postgres was asked, in the clock's milliseconds. */
  asked: number;
  key: StoredKey | null;
}

interface Read {
  asked: number;
  result: Promise<StoredKey | null>;
}

export function createKeyCache(read: ReadKey, now: () => number = () => performance.now()): KeyCache {
  const limits = {
    maxSize: Math.floor(bytesMaxOf("apiKeys") / 2),
    sizeCalculation: ({ key }: Answer, id: string) => bytesOf(id) + bytesOf(key) + answerBytes,
  };
  const good = new LRUCache<string, Answer>(limits);
  // Apart, so that guessing ids cannot push the good ones out.
  const bad = new LRUCache<string, Answer>(limits);
  const reads = new Map<string, Read>();
  const isFresh = (answer: { asked: number } | undefined) => answer !== undefined && now() - answer.asked < maxAgeMs;

  function start(id: string, readKey: ReadKey): Promise<StoredKey | null> {
    const mine: Read = { asked: now(), result: readKey(id) };
    reads.set(id, mine);
    const settle = (key?: StoredKey | null) => {
      // A newer read, or `forget`, has made this answer old news.
      if (reads.get(id) !== mine) return;
      reads.delete(id);
      if (key === undefined) return;
      good.delete(id);
      bad.delete(id);
      (key ? good : bad).set(id, { asked: mine.asked, key });
    };
    mine.result.then(settle, () => settle());
    return mine.result;
  }

  return {
    async find(id, lookUp = read) {
      const kept = good.get(id) ?? bad.get(id);
      if (kept && isFresh(kept)) return kept.key;
      const running = reads.get(id);
      if (running && isFresh(running)) return running.result;
      return start(id, good.has(id) ? read : lookUp);
    },
    forget(id) {
      good.delete(id);
      bad.delete(id);
      reads.delete(id);
    },
    bytes: () => good.calculatedSize + bad.calculatedSize,
  };
}
