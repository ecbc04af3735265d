/** First come, first served for each client, and clients in turn, so that one who asks for much makes only itself wait. */
export interface FairQueueLimits {
  waitingMax: number;
  waitingPerClientMax: number;
}

export class FairQueue<T> {
  readonly #limits: FairQueueLimits;
  /** In the order in which clients have their turns. */
  readonly #byClient = new Map<string, T[]>();
  #size = 0;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  get clients(): Iterable<string> {
    return this.#byClient.keys();
  }

  waitingOf(client: string): number {
    return this.#byClient.get(client)?.length ?? 0;
  }

  /** Returns whoever has to go: the newcomer, or, when the queue is full, the last one of the client with the most. */
  push(client: string, item: T): T | null {
    const own = this.#byClient.get(client) ?? [];
    if (own.length >= this.#limits.waitingPerClientMax) return item;
    let displaced: T | null = null;
    if (this.#size >= this.#limits.waitingMax) {
      const longest = this.#longest();
      if (this.waitingOf(longest) <= own.length + 1) return item;
      displaced = this.#byClient.get(longest)?.at(-1) ?? null;
      if (displaced !== null) this.remove(longest, displaced);
    }
    own.push(item);
    this.#byClient.set(client, own);
    this.#size++;
    return displaced;
  }

  /** Takes the first item of the next client who may have a turn. */
  take(mayGo: (client: string) => boolean): { client: string; item: T } | null {
    for (const [client, [item]] of this.#byClient) {
      if (item === undefined || !mayGo(client)) continue;
      const rest = this.#byClient.get(client) ?? [];
      this.remove(client, item);
      if (rest.length > 0) {
        this.#byClient.delete(client);
        this.#byClient.set(client, rest);
      }
      return { client, item };
    }
    return null;
  }

  remove(client: string, item: T): void {
    const own = this.#byClient.get(client) ?? [];
    const at = own.indexOf(item);
    if (at < 0) return;
    own.splice(at, 1);
    this.#size--;
    if (own.length === 0) this.#byClient.delete(client);
  }

  #longest(): string {
    let longest = "";
    for (const client of this.#byClient.keys()) {
      if (this.waitingOf(client) > this.waitingOf(longest)) longest = client;
    }
    return longest;
  }
}
