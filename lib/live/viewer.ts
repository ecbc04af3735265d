import type { Position } from "@/lib/domain/snapshot";
import { type ByeReason, byeFrame } from "./sse-frame";

/** One open connection, whatever carries it. */
export interface Sink {
  write(frame: Buffer): void;
  end(): void;
  /** The reader does not keep up: what is written now piles up in memory. */
  readonly needsDrain: boolean;
  readonly bufferedBytes: number;
  onDrain(listener: () => void): void;
  /** Fires once, whichever side closed. */
  onClose(listener: () => void): void;
}

export interface ViewerOptions {
  /** A player whose standing the viewer wants to hear of, wherever it is. */
  player: string | null;
  /** Where the viewer is; null when nothing tells. */
  address: string | null;
  /** When the connection has lived long enough. */
  expiresAt: number;
  bufferedBytesMax: number;
  undrainedMsMax: number;
}

/**
 * One person watching one board. State is replaceable, so a reader who falls behind gets no queue: deltas are skipped
 * while the connection is full, and a snapshot follows when it has drained.
 */
export class Viewer {
  readonly player: string | null;
  readonly address: string | null;
  readonly expiresAt: number;
  readonly #sink: Sink;
  readonly #options: ViewerOptions;
  /** Frames were skipped: nothing but a snapshot makes sense to this viewer. */
  #isBehind = false;
  #fullSince: number | null = null;
  #closed = false;

  constructor(sink: Sink, options: ViewerOptions) {
    this.#sink = sink;
    this.#options = options;
    this.player = options.player;
    this.address = options.address;
    this.expiresAt = options.expiresAt;
  }

  /** Nothing more will be sent. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Calls `catchUp` when frames were skipped and the reader is ready again; `closed` once at the end. */
  listen(catchUp: () => void, closed: () => void): void {
    this.#sink.onDrain(() => {
      this.#fullSince = null;
      if (!this.#isBehind) return;
      this.#isBehind = false;
      catchUp();
    });
    this.#sink.onClose(() => {
      this.#closed = true;
      closed();
    });
  }

  /** Frames that make sense only together go out together, however full they make the connection. */
  send(frames: readonly Buffer[]): void {
    if (this.#isBehind || this.#closed) return;
    if (this.#sink.needsDrain) this.#isBehind = true;
    else for (const frame of frames) this.#sink.write(frame);
  }

  /** For a frame that nobody misses: left out while there is something else on its way. */
  sendIfIdle(frame: Buffer): void {
    if (!this.#sink.needsDrain) this.send([frame]);
  }

  /** Too far behind to be worth keeping. */
  isStalled(now: number): boolean {
    if (!this.#sink.needsDrain) return false;
    this.#fullSince ??= now;
    const { bufferedBytesMax, undrainedMsMax } = this.#options;
    return this.#sink.bufferedBytes > bufferedBytesMax || now - this.#fullSince > undrainedMsMax;
  }

  /** `bye`, then the end; the reader is asked to come back after `retryMs`. */
  close(reason: ByeReason, retryMs: number, position: Position | null): void {
    if (this.#closed) return;
    if (!this.#sink.needsDrain) this.#sink.write(byeFrame(reason, retryMs, this.#isBehind ? null : position));
    this.#closed = true;
    this.#sink.end();
  }
}
