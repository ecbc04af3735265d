/** Stands in for a browser with several tabs in unit tests: its locks, and lines on which messages take their time. */
import type { TabLine, Tabs } from "@/app/_hooks/tabs";

interface Claim {
  tab: FakeTab;
  callback: () => unknown;
  settle: { resolve(value?: unknown): void; reject(reason: unknown): void };
}

export class FakeBrowser {
  readonly lines: FakeLine[] = [];
  readonly #held = new Map<string, Claim>();
  readonly #queues = new Map<string, Claim[]>();
  readonly delay: () => number;

  /** @param delay how long the next message or lock is on its way, in milliseconds. */
  constructor(delay: () => number = () => 0) {
    this.delay = delay;
  }

  holder(name: string): FakeTab | undefined {
    return this.#held.get(name)?.tab;
  }

  request(tab: FakeTab, name: string, options: LockOptions, callback: () => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      tab.run(() => this.#claim(name, options, { tab, callback, settle: { resolve, reject } }));
    });
  }

  #claim(name: string, { signal, steal }: LockOptions, claim: Claim): void {
    if (signal?.aborted) {
      claim.settle.reject(aborted());
      return;
    }
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    if (steal) {
      const robbed = this.#held.get(name);
      this.#held.delete(name);
      setTimeout(() => robbed?.tab.run(() => robbed.settle.reject(aborted())), this.delay());
      queue.unshift(claim);
    } else queue.push(claim);
    signal?.addEventListener("abort", () => {
      const waiting = this.#queues.get(name) ?? [];
      if (!waiting.includes(claim)) return;
      waiting.splice(waiting.indexOf(claim), 1);
      claim.settle.reject(aborted());
    });
    this.#passOn(name);
  }

  /** A tab is gone, with all it held. */
  forget(tab: FakeTab): void {
    for (const [name, queue] of this.#queues) {
      this.#queues.set(
        name,
        queue.filter((claim) => claim.tab !== tab),
      );
      if (this.#held.get(name)?.tab === tab) this.#held.delete(name);
      this.#passOn(name);
    }
  }

  #passOn(name: string): void {
    const next = this.#held.has(name) ? undefined : this.#queues.get(name)?.shift();
    if (!next) return;
    this.#held.set(name, next);
    const over = (settle: (outcome: unknown) => void) => (outcome: unknown) => {
      settle(outcome);
      if (this.#held.get(name) !== next) return;
      this.#held.delete(name);
      this.#passOn(name);
    };
    const { resolve, reject } = next.settle;
    setTimeout(() => {
      next.tab.run(() => void Promise.resolve(next.callback()).then(over(resolve), over(reject)));
    }, this.delay());
  }
}

export class FakeTab implements Tabs {
  readonly locks: Tabs["locks"];
  readonly #browser: FakeBrowser;
  #backlog: (() => void)[] | null = null;
  dead = false;

  constructor(browser: FakeBrowser) {
    this.#browser = browser;
    const request = (name: string, options: LockOptions, callback: () => unknown) =>
      browser.request(this, name, options, callback);
    this.locks = { request } as unknown as Tabs["locks"];
  }

  openLine(name: string): TabLine {
    return new FakeLine(this.#browser, this, name);
  }

  get frozen(): boolean {
    return this.#backlog !== null;
  }

  /** Whatever comes to the tab comes this way: late while it is frozen, and never once it is dead. */
  run(task: () => void): void {
    if (this.dead) return;
    if (this.#backlog) this.#backlog.push(task);
    else task();
  }

  freeze(): void {
    this.#backlog ??= [];
  }

  thaw(): void {
    const backlog = this.#backlog ?? [];
    this.#backlog = null;
    for (const task of backlog) this.run(task);
  }

  crash(): void {
    this.dead = true;
    this.#browser.forget(this);
  }
}

class FakeLine implements TabLine {
  onmessage: TabLine["onmessage"] = null;
  readonly #browser: FakeBrowser;
  readonly #tab: FakeTab;
  readonly #name: string;
  readonly #ways = new Map<FakeLine, ReturnType<typeof inOrder>>();
  #closed = false;

  constructor(browser: FakeBrowser, tab: FakeTab, name: string) {
    this.#browser = browser;
    this.#tab = tab;
    this.#name = name;
    browser.lines.push(this);
  }

  /** What one line says reaches another in order; what two say may cross. */
  postMessage(message: unknown): void {
    if (this.#closed) throw new DOMException("the line is closed", "InvalidStateError");
    const data = structuredClone(message);
    this.#tab.run(() => {
      for (const line of this.#browser.lines) {
        if (line === this || line.#name !== this.#name || line.#closed) continue;
        const send = this.#ways.get(line) ?? inOrder(this.#browser.delay);
        this.#ways.set(line, send);
        send(() => line.#tab.run(() => line.onmessage?.({ data } as MessageEvent)));
      }
    });
  }

  close(): void {
    this.#closed = true;
  }
}

/** A way on which things take their time and do not overtake one another. */
export function inOrder(delay: () => number): (arrive: () => void) => void {
  const underWay: (() => void)[] = [];
  let lastAt = 0;
  return (arrive) => {
    underWay.push(arrive);
    lastAt = Math.max(lastAt, Date.now() + delay());
    setTimeout(() => underWay.shift()?.(), lastAt - Date.now());
  };
}

function aborted(): DOMException {
  return new DOMException("the lock was stolen, or is not wanted any more", "AbortError");
}
