import type { Position } from "@/lib/domain/snapshot";

interface Kept {
  from: number;
  frame: Buffer;
  at: number;
}

const ageMaxMs = 120_000;
/** Beyond these a snapshot is cheaper than catching up. */
const deltasMax = 256;
const bytesMax = 128 * 1024;

/** The recent deltas of one board, for viewers who come back. Each starts where the one before it ended. */
export class ReplayWindow {
  #epoch = "";
  /** Where the newest delta ended. */
  #to = 0;
  #deltas: Kept[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(epoch: string, { from, to }: { from: number; to: number }, frame: Buffer, now: number): void {
    if (epoch !== this.#epoch || from !== this.#to) this.clear();
    this.#epoch = epoch;
    this.#to = to;
    this.#deltas.push({ from, frame, at: now });
    this.#bytes += frame.length;
    while (this.#deltas.length > deltasMax || this.#bytes > bytesMax || this.#isTooOld(now)) {
      this.#bytes -= this.#deltas.shift()?.frame.length ?? 0;
    }
  }

  clear(): void {
    this.#deltas = [];
    this.#bytes = 0;
  }

  /** The frames that lead from a viewer's position to the newest; null when only a snapshot will do. */
  since({ epoch, version }: Position, now: number): Buffer[] | null {
    if (epoch !== this.#epoch) return null;
    const first = this.#deltas.findIndex((kept) => kept.from === version);
    const oldest = this.#deltas[first];
    if (!oldest || now - oldest.at > ageMaxMs) return null;
    return this.#deltas.slice(first).map((kept) => kept.frame);
  }

  #isTooOld(now: number): boolean {
    const [oldest] = this.#deltas;
    return oldest !== undefined && now - oldest.at > ageMaxMs;
  }
}
