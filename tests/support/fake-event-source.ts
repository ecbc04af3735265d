import type { Position } from "@/lib/domain/snapshot";

/** Stands in for the browser's EventSource in unit tests: the test plays the server. */
export class FakeEventSource extends EventTarget {
  static readonly made: FakeEventSource[] = [];
  readonly url: string;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(url: string | URL) {
    super();
    this.url = String(url);
    FakeEventSource.made.push(this);
  }

  static get last(): FakeEventSource {
    const last = FakeEventSource.made.at(-1);
    if (!last) throw new Error("nobody opened an EventSource");
    return last;
  }

  /** @param at the server's first word: where its stream stands; without, the reply has a head only */
  open(at?: Position): void {
    this.readyState = 1;
    this.onopen?.();
    if (at) this.send("heartbeat", at);
  }

  /** Sends an event, with the id that the browser would hand on. */
  send(type: string, data: unknown, lastEventId = ""): void {
    this.dispatchEvent(Object.assign(new Event(type), { data: JSON.stringify(data), lastEventId }));
  }

  /** The connection breaks; the browser tries again by itself unless it was told that there is nothing. */
  fail(closed: boolean): void {
    if (this.readyState === 2) return;
    this.readyState = closed ? 2 : 0;
    this.onerror?.();
  }

  close(): void {
    this.readyState = 2;
  }
}
