import type { Position } from "@/lib/domain/snapshot";

interface Kept {
  from: number;
  to: number;
  frame: Buffer;
  at: number;
}

const deltasMax = 256;
const ageMaxMs = 120_000;
/** Beyond this a snapshot is cheaper than catching up. */
const replayDeltasMax = 100;

/** The recent deltas of one board, for viewers who come back. Each starts where the one before it ended. */
export class ReplayWindow {
  #epoch = "";
  #deltas: Kept[] = [];

  add(epoch: string, delta: { from: number; to: number }, frame: Buffer, now: number): void {
    if (epoch !== this.#epoch || this.#deltas.at(-1)?.to !== delta.from) this.#deltas = [];
    this.#epoch = epoch;
    this.#deltas.push({ from: delta.from, to: delta.to, frame, at: now });
    const expired = this.#deltas.findIndex((kept) => now - kept.at <= ageMaxMs);
    this.#deltas.splice(0, Math.max(expired, this.#deltas.length - deltasMax));
  }

  clear(): void {
    this.#deltas = [];
  }

  /** The frames that lead from a viewer's position to the newest; null when only a snapshot will do. */
  since({ epoch, version }: Position, now: number): Buffer[] | null {
    if (epoch !== this.#epoch) return null;
    const first = this.#deltas.findIndex((kept) => kept.from === version);
    if (first === -1) return null;
    const missed = this.#deltas.slice(first);
    const tooOld = missed.some((kept) => now - kept.at > ageMaxMs);
    return tooOld || missed.length > replayDeltasMax ? null : missed.map((kept) => kept.frame);
  }
}
