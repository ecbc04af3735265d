import type { Sink } from "@/lib/live/viewer";
import { type SseEvent, SseParser } from "./sse-parser";
import { StreamView } from "./stream-view";

/** A connection that a test fills, drains and closes by hand. */
export class FakeSink implements Sink {
  readonly frames: Buffer[] = [];
  readonly events: SseEvent[] = [];
  readonly view: StreamView;
  /** The first promise of the contract that was broken. */
  failure: Error | null = null;
  closed = false;
  ended = false;
  bufferedBytes = 0;
  readonly #parser: SseParser;
  #full = false;
  #onDrain = () => {};
  #onClose = () => {};

  constructor(view = new StreamView()) {
    this.view = view;
    this.#parser = new SseParser((event) => {
      this.events.push(event);
      view.take(event);
    });
  }

  get needsDrain(): boolean {
    return this.#full && !this.closed;
  }

  get retries(): readonly number[] {
    return this.#parser.retries;
  }

  get lastEventId(): string {
    return this.#parser.lastEventId;
  }

  write(frame: Buffer): void {
    if (this.closed || this.ended) return;
    this.frames.push(frame);
    if (this.#full) this.bufferedBytes += frame.length;
    try {
      this.#parser.push(frame);
    } catch (error) {
      this.failure ??= error as Error;
    }
  }

  /** Ends on a later turn, as a socket does. */
  end(): void {
    this.ended = true;
    setTimeout(() => this.close(), 0);
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  fill(): void {
    this.#full = true;
  }

  drain(): void {
    if (!this.#full) return;
    this.#full = false;
    this.bufferedBytes = 0;
    if (!this.closed) this.#onDrain();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#onClose();
  }

  /** Names of the events, but for heartbeats, which come at a moment of their own. */
  get names(): string[] {
    return this.events.map(({ event }) => event).filter((event) => event !== "heartbeat");
  }

  seen(event: string): SseEvent[] {
    return this.events.filter((one) => one.event === event);
  }
}
