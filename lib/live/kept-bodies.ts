/**
 * Replies that take work to make, each kept for those who ask for the same next. While a board does not change they hold
 * for some seconds; while it does, for as long that making them anew takes a tenth of the time at most.
 */
import { LRUCache } from "lru-cache";
import { bytesOf } from "@/lib/memory-bounds";
import { type EncodedBody, hashedBody } from "./encoded-body";

interface Kept {
  body: EncodedBody;
  /** Where the board was known to be when it was asked for. */
  position: string;
  madeAt: number;
  madeMs: number;
}

export interface KeptBodiesOptions {
  bytesMax: number;
  /** How long a reply holds while its position is the same. */
  unchangedMs?: number;
}

type Begin = (work: () => Promise<EncodedBody>) => Promise<EncodedBody>;

const atOnce: Begin = (work) => work();

const restFactor = 10;
/** An entry of the cache itself. */
const keptBytes = 256;

export class KeptBodies {
  readonly #unchangedMs: number;
  readonly #kept: LRUCache<string, Kept>;
  readonly #making = new Map<string, Promise<EncodedBody>>();

  constructor({ bytesMax, unchangedMs = 5_000 }: KeptBodiesOptions) {
    this.#unchangedMs = unchangedMs;
    this.#kept = new LRUCache({
      maxSize: bytesMax,
      sizeCalculation: ({ body, position }, key) => body.bytes + bytesOf(key) + bytesOf(position) + keptBytes,
    });
  }

  /** What is held takes of memory. */
  get bytes(): number {
    return this.#kept.calculatedSize;
  }

  /**
   * @param position anything that is another when the reply may be another
   * @param begin waits until the work may begin; where the reply is held, there is none
   */
  async get(key: string, position: string, make: () => Promise<string>, begin: Begin = atOnce): Promise<EncodedBody> {
    return (
      this.#held(key, position) ?? begin(async () => this.#held(key, position) ?? this.#shared(key, position, make))
    );
  }

  #held(key: string, position: string): EncodedBody | undefined {
    const kept = this.#kept.get(key);
    return kept && this.#isGood(kept, position) ? kept.body : undefined;
  }

  #shared(key: string, position: string, make: () => Promise<string>): Promise<EncodedBody> {
    const running = this.#making.get(key);
    if (running) return running;
    const making = this.#make(key, position, make).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  async #make(key: string, position: string, make: () => Promise<string>): Promise<EncodedBody> {
    const startedAt = performance.now();
    const body = hashedBody(await make());
    const madeAt = performance.now();
    const kept = { body, position, madeAt, madeMs: madeAt - startedAt };
    this.#kept.set(key, kept);
    // The cache counts again what is set as another value.
    body.onGrow(() => {
      if (this.#kept.peek(key)?.body === body) this.#kept.set(key, { ...kept });
    });
    return body;
  }

  #isGood(kept: Kept, position: string): boolean {
    const age = performance.now() - kept.madeAt;
    return age < restFactor * kept.madeMs || (kept.position === position && age < this.#unchangedMs);
  }
}
