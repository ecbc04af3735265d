import type { ChangeFeed, IndexPosition } from "./rank-index";

type Listener = Parameters<ChangeFeed["listen"]>[0];

/**
 * Hands changes to listeners on a later turn of the event loop, so that whoever reports one is never held up (Redis
 * cuts off subscribers that read slowly). Of several changes of one board only the last is handed on.
 */
export class ChangeDispatcher {
  readonly #listeners: Listener[] = [];
  readonly #onError: (error: unknown) => void;
  #changes = new Map<number, IndexPosition | null>();
  #inboxes: { uid: number; newest: ReadonlyMap<string, number> }[] = [];
  #gap = false;
  #scheduled: NodeJS.Immediate | undefined;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  change(uid: number, position: IndexPosition | null): void {
    this.#changes.set(uid, position);
    this.#schedule();
  }

  inbox(uid: number, newest: ReadonlyMap<string, number>): void {
    this.#inboxes.push({ uid, newest });
    this.#schedule();
  }

  gap(): void {
    this.#gap = true;
    this.#schedule();
  }

  close(): void {
    this.#listeners.length = 0;
    clearImmediate(this.#scheduled);
  }

  #schedule(): void {
    this.#scheduled ??= setImmediate(() => this.#flush());
  }

  #flush(): void {
    const changes = this.#changes;
    const inboxes = this.#inboxes;
    const gap = this.#gap;
    this.#changes = new Map();
    this.#inboxes = [];
    this.#gap = false;
    this.#scheduled = undefined;
    for (const listener of this.#listeners) {
      for (const [uid, position] of changes) this.#safely(() => listener.onChange(uid, position));
      for (const { uid, newest } of inboxes) this.#safely(() => listener.onInbox?.(uid, newest));
      if (gap) this.#safely(() => listener.onGap());
    }
  }

  #safely(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.#onError(error);
    }
  }
}
