/**
 * The pages this instance serves, one per board and window at its newest version, rebuilt at most once at a time
 * however many ask. Everything here can be read again.
 */
import { LRUCache } from "lru-cache";
import { isRungsError } from "@/lib/domain/errors";
import { bytesMaxOf, bytesOf } from "@/lib/memory-bounds";
import type { StorageErrors } from "@/lib/storage-errors";
import { isLarge, type LiveBoard, type LiveBoards, type Moment, marked } from "./live-boards";
import { type ReadPage, View, type Window } from "./view";

export type ReadPageFrom = (live: LiveBoard, window: Window) => Promise<ReadPage>;

/** A page sorted by Postgres is kept this many times as long as it took to make, */
const slowReadFactor = 10;
/** but no longer than this: how late a page is must not depend on how overloaded Postgres is. */
const slowReadRestMaxMs = 10_000;
/** When the index of a large board is lost, its last page is kept as if Postgres had taken this long to sort it. */
const largeReadMs = 400;
/** A page older than this is not shown while a newer one is made. */
const lastPageMaxMs = 60_000;

/** An entry of the cache itself. */
const keptBytes = 256;

interface Kept {
  view: View;
  readAt: number;
  readMs: number;
}

export class Views {
  readonly #boards: LiveBoards;
  readonly #readPage: ReadPageFrom;
  readonly #storageErrors: StorageErrors;
  readonly #views = new LRUCache<string, Kept>({
    maxSize: bytesMaxOf("views"),
    sizeCalculation: ({ view }, key) => view.bytes + bytesOf(key) + keptBytes,
  });
  readonly #reads = new Map<string, { askedAt: Moment; view: Promise<View> }>();
  /** What the last poll got, and the window of its address: most polls ask for the same as the one before. */
  #last: { window: Window; view: View } | null = null;

  constructor(boards: LiveBoards, readPage: ReadPageFrom, storageErrors: StorageErrors) {
    this.#boards = boards;
    this.#storageErrors = storageErrors;
    this.#readPage = readPage;
  }

  /**
   * The newest page this instance knows of, no more than a second behind the last commit unless it says that it is stale.
   * Throws `board-not-found`, and `unavailable` when neither index nor Postgres answers and nothing is held.
   */
  async read(id: string, window: Window): Promise<View> {
    const calledAt = this.#boards.moment();
    for (;;) {
      const live = await this.#boards.glance(id);
      const held = this.peek(live, window) ?? this.#lastOfLarge(live, window);
      if (held) return held;
      const running = this.#reads.get(keyOf(live, window));
      if (!running) return this.#start(live, window);
      if (running.askedAt > Math.min(live.learnedAt, calledAt)) return running.view;
      // It was asked too early to tell what is known by now.
      await running.view.catch(() => undefined);
    }
  }

  /** What is held takes of memory. */
  get bytes(): number {
    return this.#views.calculatedSize;
  }

  /** The newest page, when that is known without asking anybody. */
  held(id: string, window: Window, now: number): View | undefined {
    const live = this.#boards.fresh(id, now);
    if (!live) return undefined;
    if (this.#last?.window === window && this.#last.view.isAt(live, live.board)) return this.#last.view;
    const view = this.peek(live, window);
    this.#last = view ? { window, view } : null;
    return view;
  }

  /** The held view, if it is the newest. */
  peek(live: LiveBoard, window: Window): View | undefined {
    const kept = this.#views.get(keyOf(live, window));
    if (!kept) return undefined;
    if (kept.view.isAt(live, live.board)) return kept.view;
    const restMs = Math.min(slowReadFactor * kept.readMs, slowReadRestMaxMs);
    const resting = performance.now() - kept.readAt < restMs;
    return live.stale && kept.view.page.stale && sameSettings(kept.view, live) && resting ? kept.view : undefined;
  }

  /**
   * While the index of a large board is away nobody waits until Postgres has sorted it: the last page is served as stale,
   * and a newer one made when that has rested.
   */
  #lastOfLarge(live: LiveBoard, window: Window): View | undefined {
    const key = keyOf(live, window);
    const kept = this.#views.get(key);
    if (!kept || !live.stale || !isLarge(kept.view.page) || !sameSettings(kept.view, live)) return undefined;
    const { view, readAt } = kept;
    const now = performance.now();
    const isRecent = now - readAt < lastPageMaxMs;
    if (view.page.stale && isRecent) {
      if (!this.#reads.has(key)) this.#start(live, window).catch(() => undefined);
      return view;
    }
    if (view.page.stale || !(isRecent || isLastIndexed(view, live))) return undefined;
    const stale = new View({ ...view.page, stale: true }, window, view.asOf);
    this.#keep(key, { view: stale, readAt: now, readMs: largeReadMs });
    return stale;
  }

  #keep(key: string, kept: Kept): void {
    this.#views.set(key, kept);
    // The cache counts again what is set as another value.
    kept.view.onGrow(() => {
      if (this.#views.peek(key)?.view === kept.view) this.#views.set(key, { ...kept });
    });
  }

  #start(live: LiveBoard, window: Window): Promise<View> {
    const key = keyOf(live, window);
    const askedAt = this.#boards.moment();
    const view = this.#read(key, live, window, askedAt).finally(() => this.#reads.delete(key));
    this.#reads.set(key, { askedAt, view });
    return view;
  }

  async #read(key: string, live: LiveBoard, window: Window, askedAt: Moment): Promise<View> {
    const startedAt = performance.now();
    try {
      const known = { ...live };
      const readPage = async () => marked(known, await this.#readPage(live, window));
      let page = await readPage();
      if (!(await this.#boards.believes(page, known, askedAt))) page = await readPage();
      const readAt = performance.now();
      const view = new View(page, window);
      this.#keep(key, { view, readAt, readMs: readAt - startedAt });
      this.#boards.noteRead(page, askedAt);
      return view;
    } catch (error) {
      const kept = this.#views.peek(key);
      if (isRungsError(error) || !kept) throw error;
      const consequence = "last page served, marked stale";
      this.#storageErrors.report({ component: "board pages", board: live.board.id, error, consequence });
      return kept.view.page.stale ? kept.view : new View({ ...kept.view.page, stale: true }, window, kept.view.asOf);
    }
  }
}

function sameSettings({ page }: View, { board }: LiveBoard): boolean {
  return page.board.revision === board.revision;
}

function isLastIndexed({ page }: View, { indexed }: LiveBoard): boolean {
  return indexed?.epoch === page.epoch && indexed.version === page.version;
}

function keyOf(live: LiveBoard, { offset, limit }: Window): string {
  return `${live.board.uid}:${limit}:${offset}`;
}
