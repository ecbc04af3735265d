/** The boards that this instance streams, or streamed a moment ago, within a bound of bytes. */
import type { BoardChannel } from "./board-channel";

/** How long a channel without viewers is kept for those who come back. */
const lingerMs = 120_000;
/** Within this time of a channel's last use a viewer may be about to join it. */
const joinMs = 10_000;

export class Channels {
  readonly #channels = new Map<string, BoardChannel>();
  readonly #create: (boardId: string) => BoardChannel;
  readonly #bytesMax: number;

  constructor(create: (boardId: string) => BoardChannel, bytesMax: number) {
    this.#create = create;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    let bytes = 0;
    for (const channel of this.#channels.values()) bytes += channel.bytes;
    return bytes;
  }

  all(): Iterable<BoardChannel> {
    return this.#channels.values();
  }

  find(boardId: string): BoardChannel | undefined {
    return this.#channels.get(boardId);
  }

  /** Null when other boards take all there is room for. */
  open(boardId: string): BoardChannel | null {
    const present = this.#channels.get(boardId);
    if (present) return present;
    if (this.trim() >= this.#bytesMax) return null;
    const channel = this.#create(boardId);
    this.#channels.set(boardId, channel);
    return channel;
  }

  /**
   * Deletes channels long without viewers. Beyond the bound, deletes any without viewers and forgets the deltas of others,
   * the longest unused first. Returns the bytes still held.
   */
  trim(now: number = performance.now()): number {
    for (const channel of this.#channels.values()) this.#deleteUnused(channel, now - lingerMs);
    let bytes = this.bytes;
    if (bytes < this.#bytesMax) return bytes;
    const oldestFirst = [...this.#channels.values()].sort((a, b) => a.lastUsedAt - b.lastUsedAt);
    for (const channel of oldestFirst) {
      if (bytes < this.#bytesMax) break;
      bytes -= channel.bytes;
      if (this.#deleteUnused(channel, now - joinMs)) continue;
      channel.forgetDeltas();
      bytes += channel.bytes;
    }
    return bytes;
  }

  #deleteUnused({ boardId, size, lastUsedAt }: BoardChannel, before: number): boolean {
    return size === 0 && lastUsedAt < before && this.#channels.delete(boardId);
  }
}
