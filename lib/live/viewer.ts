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

const bufferedBytesMax = 256 * 1024;
const undrainedMsMax = 10_000;

/**
 * One person watching one board. State is replaceable, so a reader who falls behind gets no queue: deltas are skipped
 * while the connection is full, and a snapshot follows when it has drained.
 */
export class Viewer {
  readonly player: string | null;
  readonly expiresAt: number;
  readonly #sink: Sink;
  #behindSince: number | null = null;

  constructor(sink: Sink, player: string | null, expiresAt: number) {
    this.#sink = sink;
    this.player = player;
    this.expiresAt = expiresAt;
  }

  /** Calls `catchUp` when frames were skipped and the reader is ready again; `closed` once at the end. */
  listen(catchUp: () => void, closed: () => void): void {
    this.#sink.onDrain(() => {
      if (this.#behindSince === null) return;
      this.#behindSince = null;
      catchUp();
    });
    this.#sink.onClose(closed);
  }

  send(frame: Buffer): void {
    if (this.#behindSince !== null) return;
    if (this.#sink.needsDrain) this.#behindSince = Date.now();
    else this.#sink.write(frame);
  }

  /** Too far behind to be worth keeping. */
  isStalled(now: number): boolean {
    if (this.#sink.bufferedBytes > bufferedBytesMax) return true;
    if (this.#behindSince === null && this.#sink.needsDrain) this.#behindSince = now;
    return this.#behindSince !== null && now - this.#behindSince > undrainedMsMax;
  }

  /** `bye`, then the end; the reader is asked to come back after `retryMs`. */
  close(reason: ByeReason, retryMs: number, position: Position | null): void {
    const hasAll = this.#behindSince === null && !this.#sink.needsDrain;
    if (hasAll) this.#sink.write(byeFrame(reason, retryMs, position));
    this.#sink.end();
  }
}
