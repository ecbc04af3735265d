/**
 * A body that is being received takes memory for as long as its client likes. So the memory has a bound, for all bodies and for
 * those of one address, and each body has to be complete within a time. Bodies of requests with an API key or a session have
 * memory of their own: clients without one cannot keep posted scores out.
 */
import { RungsError } from "@/lib/domain/errors";
import { bytesMaxOf, bytesOf } from "@/lib/memory-bounds";

export interface BodyLimits {
  bytesMax: number;
  /** Where addresses are unknown there is no bound but that of all. */
  bytesPerAddressMax: number;
  msMax: number;
}

/** Counts a chunk that was received. Throws `too-many-requests`; once the body was given up, `request-timeout`. */
export type CountChunk = (chunk: Uint8Array) => void;

export class BodyMemory {
  readonly #limits: BodyLimits;
  readonly #byAddress = new Map<string, number>();
  #bytes = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Reads one body, whose chunks take memory until it is read. Throws what `read` throws, and `request-timeout`. */
  async receive<T>(address: string | null, read: (count: CountChunk) => Promise<T>): Promise<T> {
    const { msMax } = this.#limits;
    let own = 0;
    let timer: NodeJS.Timeout | null = null;
    const inTime = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(tooLate(msMax)), msMax);
    });
    const reading = read((chunk) => {
      if (!timer) throw tooLate(msMax);
      own += this.#take(address, bytesOf(chunk));
    });
    try {
      return await Promise.race([reading, inTime]);
    } finally {
      if (timer) clearTimeout(timer);
      timer = null;
      this.#count(address, -own);
    }
  }

  #take(address: string | null, bytes: number): number {
    const { bytesMax, bytesPerAddressMax } = this.#limits;
    if (address && this.#of(address) + bytes > bytesPerAddressMax) throw tooMuch("from this address");
    if (this.#bytes + bytes > bytesMax) throw tooMuch("to the server");
    this.#count(address, bytes);
    return bytes;
  }

  #of(address: string): number {
    return this.#byAddress.get(address) ?? 0;
  }

  #count(address: string | null, bytes: number): void {
    this.#bytes += bytes;
    if (!address) return;
    const sum = this.#of(address) + bytes;
    if (sum > 0) this.#byAddress.set(address, sum);
    else this.#byAddress.delete(address);
  }
}

function tooLate(msMax: number): RungsError {
  return new RungsError("request-timeout", `The body did not arrive within ${msMax / 1_000} s.`);
}

function tooMuch(where: string): RungsError {
  return new RungsError("too-many-requests", `Too much is being sent ${where} at once.`, { retryAfter: 1 });
}

export interface Bodies {
  /** Of requests with an API key or a session. */
  trusted: BodyMemory;
  /** Of all others: sign-in, invitations, players' inboxes. */
  untrusted: BodyMemory;
}

export function createBodies(): Bodies {
  const [trusted, untrusted] = [bytesMaxOf("trustedBodies"), bytesMaxOf("untrustedBodies")];
  return {
    trusted: new BodyMemory({ bytesMax: trusted, bytesPerAddressMax: trusted / 2, msMax: 60_000 }),
    untrusted: new BodyMemory({ bytesMax: untrusted, bytesPerAddressMax: untrusted / 8, msMax: 10_000 }),
  };
}
