/** Bodies being received take memory before anybody knows whether they are welcome: all of them together have a bound. */
import { RungsError } from "@/lib/domain/errors";
import { bytesMaxOf } from "@/lib/memory-bounds";

export class BodyMemory {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** For one body. */
  open(): ReceivedBody {
    let own = 0;
    return {
      add: (bytes) => {
        if (this.#bytes + bytes > this.#bytesMax) {
          throw new RungsError("unavailable", "Too much is being sent to the server at once.", { retryAfter: 1 });
        }
        this.#bytes += bytes;
        own += bytes;
      },
      close: () => {
        this.#bytes -= own;
        own = 0;
      },
    };
  }
}

export interface ReceivedBody {
  /** Throws `unavailable`. */
  add(bytes: number): void;
  /** The body is read, or given up. */
  close(): void;
}

export const bodyMemory = new BodyMemory(bytesMaxOf("requestBodies"));
