/**
 * Which moments somebody has seen in this browser, so that each is seen once whatever the number of tabs. A tab claims
 * what it is about to show and then says that it has; a claim of a tab that went away without doing so soon lapses.
 */
import type { InboxItem } from "@/lib/domain/moments";

interface Ledger {
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
  storage: Pick<Storage, "getItem" | "setItem"> | null;
  /** Runs one tab at a time. */
  alone<T>(name: string, work: () => T): Promise<T>;
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

  #change<T>(work: (ledger: Ledger) => T): Promise<T> {
    return this.#around.alone(this.#key, () => {
      const ledger = this.#read();
      const result = work(ledger);
      const now = this.#around.now();
      for (const [name, { until }] of Object.entries(ledger.claims)) if (until <= now) delete ledger.claims[name];
      this.#ledger = ledger;
      try {
        this.#around.storage?.setItem(this.#key, JSON.stringify(ledger));
      } catch {}
      return result;
    });
  }

  #read(): Ledger {
    try {
      const { shown, claims } = JSON.parse(this.#around.storage?.getItem(this.#key) ?? "");
      if (Array.isArray(shown) && typeof claims === "object" && claims !== null) return { shown, claims };
    } catch {}
    return this.#ledger;
  }
}

/** With its time: a database set up anew counts from 1 again. */
function nameOf({ id, at }: InboxItem): string {
  return `${id} ${at}`;
}

function browser(): Surroundings {
  return {
    storage: localStorageOrNull(),
    // Browsers have no locks for pages without TLS; two tabs may then, rarely, show the same.
    alone: async (name, work) => (navigator.locks ? await navigator.locks.request(name, async () => work()) : work()),
    now: Date.now,
  };
}

function localStorageOrNull(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
