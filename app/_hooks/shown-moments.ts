/**
 * Which moments somebody has seen in this browser, so that each is seen once whatever the number of tabs. A tab claims
 * what it is about to show and then says that it has; a claim of a tab that went away without doing so soon lapses.
 */
import { createStore, type UseStore, update } from "idb-keyval";
import type { InboxItem } from "@/lib/domain/moments";

export interface Ledger {
  /** Newest last. */
  shown: string[];
  /** By moment: which tab, and until when, in milliseconds since 1970. */
  claims: Record<string, { tab: string; until: number }>;
}

interface Claimed {
  seen: InboxItem[];
  mine: InboxItem[];
  waiting: number;
}

export interface Surroundings {
  /** Keeps what `work` makes of what is kept, for one tab at a time; rejects where nothing can be kept. */
  update(key: string, work: (kept: unknown) => Ledger): Promise<void>;
  now(): number;
}

const claimMs = 10_000;
/** More than an inbox holds unacknowledged. */
const shownMax = 400;

export class ShownMoments {
  readonly #key: string;
  readonly #tab: string;
  readonly #around: Surroundings;
  /** What counts where nothing can be stored. */
  #ledger: Ledger = { shown: [], claims: {} };

  constructor(boardId: string, player: string, tab: string, around: Surroundings = browser()) {
    this.#key = `rungs:moments:${boardId}:${player}`;
    this.#tab = tab;
    this.#around = around;
  }

  /**
   * Sorts moments into those seen before and, up to `room`, those now claimed by this tab; `waiting` more would be free.
   * The rest another tab has claimed.
   */
  claim(items: readonly InboxItem[], room: number): Promise<Claimed> {
    return this.#change((ledger) => {
      const now = this.#around.now();
      const seen = items.filter((item) => ledger.shown.includes(nameOf(item)));
      const free = items.filter((item) => {
        const claim = ledger.claims[nameOf(item)];
        return !seen.includes(item) && (!claim || claim.tab === this.#tab || claim.until <= now);
      });
      const mine = free.slice(0, room);
      for (const item of mine) ledger.claims[nameOf(item)] = { tab: this.#tab, until: now + claimMs };
      return { seen, mine, waiting: free.length - mine.length };
    });
  }

  /** They have been before somebody's eyes. */
  markShown(items: readonly InboxItem[]): Promise<void> {
    return this.#change((ledger) => {
      const names = items.map(nameOf);
      for (const name of names) delete ledger.claims[name];
      ledger.shown = [...ledger.shown.filter((name) => !names.includes(name)), ...names].slice(-shownMax);
    });
  }

  async #change<T>(work: (ledger: Ledger) => T): Promise<T> {
    let done: { result: T } | undefined;
    const change = (ledger: Ledger) => {
      done = { result: work(ledger) };
      const now = this.#around.now();
      for (const [name, { until }] of Object.entries(ledger.claims)) if (until <= now) delete ledger.claims[name];
      return ledger;
    };
    try {
      await this.#around.update(this.#key, (kept) => {
        this.#ledger = change(isLedger(kept) ? kept : this.#ledger);
        return this.#ledger;
      });
    } catch {}
    done ??= { result: work(this.#ledger) };
    return done.result;
  }
}

function isLedger(kept: unknown): kept is Ledger {
  const { shown, claims } = (kept ?? {}) as Partial<Ledger>;
  return Array.isArray(shown) && typeof claims === "object" && claims !== null;
}

/** With its time: a database set up anew counts from 1 again. */
function nameOf({ id, at }: InboxItem): string {
  return `${id} ${at}`;
}

/** IndexedDB: what local storage holds reaches other tabs a little later, and a lock does not wait for that. */
function browser(): Surroundings {
  let store: UseStore | undefined;
  return {
    async update(key, work) {
      store ??= createStore("rungs", "moments");
      await update(key, work, store);
    },
    now: Date.now,
  };
}
