/**
 * The inbox of a watched player as a page shows it, without React: a few unacknowledged moments at a time, each
 * acknowledged once it has been shown. Who calls `poll` and when is up to the owner.
 */
import type { Inbox, InboxItem } from "@/lib/domain/moments";
import { ask, isRefused } from "./ask";
import type { Shape } from "./shapes";
import type { ShownMoments } from "./shown-moments";

export interface InboxView {
  /** Being shown, oldest first. */
  moments: readonly InboxItem[];
  /** How many more wait until these are dismissed. */
  waiting: number;
}

export interface PlayerInboxOptions {
  boardId: string;
  player: string;
  token: string;
  shown: Pick<ShownMoments, "claim" | "markShown">;
  /** The server does not take the token (any more). */
  onRefused(): void;
}

export const emptyInbox: InboxView = { moments: [], waiting: 0 };

const momentsMax = 3;
const inboxShape: Shape<Inbox> = {
  items: [{ id: 0, kind: "passed", at: "", data: { rank: 0, previousRank: 0 } }],
  unacknowledged: 0,
};
const acknowledgedShape: Shape<Pick<Inbox, "unacknowledged">> = { unacknowledged: 0 };

export class PlayerInbox {
  readonly url: string;
  readonly #options: PlayerInboxOptions;
  readonly #listeners = new Set<() => void>();
  #view = emptyInbox;
  #polling: Promise<void> | null = null;
  #askedAgain = false;
  /** Shown, and not known to be acknowledged yet. */
  readonly #owed = new Set<number>();

  constructor(options: PlayerInboxOptions) {
    this.#options = options;
    this.url = `/api/v1/boards/${options.boardId}/players/${encodeURIComponent(options.player)}/inbox`;
  }

  readonly getView = (): InboxView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Never rejects. What is asked for while it runs is done right after it. A tab that nobody sees shows nothing. */
  readonly poll = (): Promise<void> => {
    if (this.#polling) this.#askedAgain = true;
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = null;
      const again = this.#askedAgain;
      this.#askedAgain = false;
      if (again) void this.poll();
    });
    return this.#polling;
  };

  /** The moments have been rendered. */
  async markShown(moments: readonly InboxItem[]): Promise<void> {
    await this.#options.shown.markShown(moments);
    await this.#acknowledge(moments);
  }

  /** Makes room for what waits. */
  dismiss(): void {
    const { waiting } = this.#view;
    this.#show({ ...this.#view, moments: [] });
    if (waiting > 0) void this.poll();
  }

  async #poll(): Promise<void> {
    if (document.hidden) return;
    const inbox = await this.#ask<Inbox>(`${this.url}?limit=200`, inboxShape);
    if (!inbox) return;
    const present = new Set(this.#view.moments.map(({ id }) => id));
    const others = inbox.items.filter(({ id }) => !present.has(id));
    const { seen, mine, waiting } = await this.#options.shown.claim(others, momentsMax - present.size);
    const owed = inbox.items.filter(({ id }) => this.#owed.has(id));
    this.#show({ moments: mine.length > 0 ? [...this.#view.moments, ...mine] : this.#view.moments, waiting });
    // Shown before, but word of it did not get through.
    await this.#acknowledge([...seen, ...owed]);
  }

  async #acknowledge(moments: readonly InboxItem[]): Promise<void> {
    if (moments.length === 0) return;
    const ids = [...new Set(moments.map(({ id }) => id))];
    for (const id of ids) this.#owed.add(id);
    const body = JSON.stringify({ ids });
    const acknowledged = await this.#ask(`${this.url}/ack`, acknowledgedShape, { method: "POST", body });
    if (acknowledged) for (const id of ids) this.#owed.delete(id);
  }

  async #ask<T>(url: string, shape: Shape<T>, init: RequestInit = {}): Promise<T | null> {
    const headers = { authorization: `Bearer ${this.#options.token}`, "content-type": "application/json" };
    const answer = await ask<T>(url, shape, { headers, ...init });
    if (isRefused(answer, "unauthorized", "forbidden")) this.#options.onRefused();
    return answer.kind === "found" ? answer.data : null;
  }

  #show(view: InboxView): void {
    if (view.moments === this.#view.moments && view.waiting === this.#view.waiting) return;
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}
