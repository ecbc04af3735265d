/**
 * All streams of this instance. One timer serves every viewer: it deals out heartbeats, retires connections at the end
 * of their life, and drops readers that stall. Every few seconds each watched board is compared with its index, since
 * the change feed may lose messages.
 */
import type { Position } from "@/lib/domain/snapshot";
import { bytesMaxOf, connectionsMax } from "@/lib/memory-bounds";
import { BoardChannel, type ChannelSource } from "./board-channel";
import { Channels } from "./channels";
import type { LiveBoards } from "./live-boards";
import { byeFrame, retryLine } from "./sse-frame";
import { type Sink, Viewer } from "./viewer";

export interface HubOptions {
  coalesceMs?: number;
  heartbeatMs?: number;
  compareMs?: number;
  connectionLifeMs?: number;
  viewersMax?: number;
  /** From one address, behind which a whole hall may sit. */
  viewersPerAddressMax?: number;
  /** What a reader may leave unread, and for how long. */
  bufferedBytesMax?: number;
  undrainedMsMax?: number;
  /** Of what is held for all boards: the page shown, and the deltas of the last minutes. */
  channelsBytesMax?: number;
}

const tickMs = 1_000;
/** Heartbeats are dealt out in so small steps that none of them holds up the event loop. */
const beatMs = 250;
const drainSpreadMs = 15_000;

/** How soon to come back after a refusal; spread out, since many are refused at once. */
const refusedRetryMs = {
  draining: () => Math.random() * drainSpreadMs,
  full: () => 15_000 + Math.random() * 30_000,
  starting: () => 1_000 + Math.random() * 2_000,
  unavailable: () => 1_000 + Math.random() * 4_000,
};

/** Ends a stream before it begins, in the one way after which an EventSource comes back. */
export function refuseStream(sink: Pick<Sink, "write" | "end">, reason: keyof typeof refusedRetryMs): void {
  sink.write(byeFrame(reason, refusedRetryMs[reason](), null));
  sink.end();
}

export interface Newcomer {
  /** A player whose standing the viewer wants to hear of. */
  player: string | null;
  /** What the viewer has. */
  since: Position | null;
  /** Where the viewer is; null when nothing tells. */
  address: string | null;
}

interface Seat {
  viewer: Viewer;
  channel: BoardChannel;
}

export class Hub {
  /** Since the start, for the metrics. */
  readonly counts = { opened: 0, refused: 0, heartbeats: 0 };
  readonly #boards: LiveBoards;
  readonly #source: ChannelSource;
  readonly #options: Required<HubOptions>;
  readonly #channels: Channels;
  /** Viewers by the moment within `heartbeatMs` at which their heartbeat is due. */
  readonly #slots: Set<Seat>[];
  readonly #timers: NodeJS.Timeout[] = [];
  #viewers = 0;
  readonly #viewersByAddress = new Map<string, number>();
  #slot = 0;
  #draining = false;

  constructor(boards: LiveBoards, source: ChannelSource, options: HubOptions = {}) {
    this.#boards = boards;
    this.#source = source;
    this.#options = {
      coalesceMs: 250,
      heartbeatMs: 5_000,
      compareMs: 5_000,
      connectionLifeMs: 600_000,
      viewersMax: Math.min(20_000, connectionsMax()),
      viewersPerAddressMax: 2_000,
      bufferedBytesMax: 256 * 1024,
      undrainedMsMax: 10_000,
      channelsBytesMax: bytesMaxOf("streams"),
      ...options,
    };
    const { channelsBytesMax: bytesMax, coalesceMs } = this.#options;
    this.#channels = new Channels((id) => new BoardChannel(id, source, coalesceMs), bytesMax);
    this.#slots = Array.from({ length: Math.max(1, Math.round(this.#options.heartbeatMs / beatMs)) }, () => new Set());
    this.#timers.push(
      setInterval(() => this.#beat(), beatMs),
      setInterval(() => this.#dropStalled(), tickMs),
    );
    this.#timers.push(setInterval(() => this.compareAll(), this.#options.compareMs));
    for (const timer of this.#timers) timer.unref();
  }

  /**
   * Seats a viewer. An instance that is full, going down or cannot read the board answers with `bye` and a later `retry`:
   * any status but 200 would stop an EventSource for ever.
   */
  async open(boardId: string, sink: Sink, { player, since, address }: Newcomer): Promise<void> {
    const channel = this.#draining || this.#isFull(address) ? null : this.#channels.open(boardId);
    if (!channel) {
      this.counts.refused++;
      refuseStream(sink, this.#draining ? "draining" : "full");
      return;
    }
    const life = this.#options.connectionLifeMs * (0.8 + Math.random() * 0.2);
    const { bufferedBytesMax, undrainedMsMax } = this.#options;
    const expiresAt = performance.now() + life;
    const retryMs = 1_000 + Math.random() * 4_000;
    // Opens the stream at once; the first event goes on where it ends.
    sink.write(retryLine(retryMs));
    const viewer = new Viewer(sink, { player, address, expiresAt, bufferedBytesMax, undrainedMsMax });
    const seat = { viewer, channel };
    const slot = this.#slots[Math.floor(Math.random() * this.#slots.length)];
    this.counts.opened++;
    this.#count(address, 1);
    slot?.add(seat);
    viewer.listen(
      () => channel.catchUp(viewer),
      () => {
        this.#count(address, -1);
        slot?.delete(seat);
        channel.leave(viewer);
      },
    );
    try {
      await channel.join(viewer, since);
    } catch (error) {
      const consequence = "stream ended before its first event; the browser asks again";
      this.#source.storageErrors.report({ component: "streams", board: boardId, error, consequence });
      viewer.close("unavailable", retryMs, null);
    }
  }

  /** Hears that a board changed. */
  changed(uid: number): void {
    const id = this.#boards.idOf(uid);
    if (id !== undefined) this.#channels.find(id)?.changed();
  }

  /** Hears of the newest inbox item of some of a board's players. */
  inbox(uid: number, newest: ReadonlyMap<string, number>): void {
    const id = this.#boards.idOf(uid);
    if (id !== undefined) this.#channels.find(id)?.inbox(newest);
  }

  /** What is held for all boards takes of memory, viewers apart. */
  get bytes(): number {
    return this.#channels.bytes;
  }

  /** Looks at the index of every board with viewers; finds what the feed lost. */
  compareAll(): void {
    this.#channels.trim();
    for (const channel of this.#channels.all()) {
      if (channel.size === 0) continue;
      this.#boards.check(channel.boardId).then(
        (live) => {
          if (!channel.view?.isAt(live, live.board)) channel.changed();
        },
        () => channel.changed(),
      );
    }
  }

  viewersOf(boardId: string): number {
    return this.#channels.find(boardId)?.size ?? 0;
  }

  /** Boards with viewers. */
  boards(): string[] {
    return [...this.#channels.all()].filter(({ size }) => size > 0).map(({ boardId }) => boardId);
  }

  get viewers(): number {
    return this.#viewers;
  }

  /** Sends everyone away, to come back over the next 15 seconds, and seats nobody any more. */
  drain(): void {
    this.#draining = true;
    for (const timer of this.#timers) clearInterval(timer);
    const retryMs = () => Math.random() * drainSpreadMs;
    for (const channel of this.#channels.all()) channel.closeAll("draining", retryMs);
    // Those still on their way in have been sent nothing yet.
    for (const slot of this.#slots) for (const { viewer } of slot) viewer.close("draining", retryMs(), null);
  }

  #isFull(address: string | null): boolean {
    const { viewersMax, viewersPerAddressMax } = this.#options;
    return this.#viewers >= viewersMax || (this.#viewersByAddress.get(address ?? "") ?? 0) >= viewersPerAddressMax;
  }

  #count(address: string | null, change: 1 | -1): void {
    this.#viewers += change;
    if (address === null) return;
    const count = (this.#viewersByAddress.get(address) ?? 0) + change;
    if (count === 0) this.#viewersByAddress.delete(address);
    else this.#viewersByAddress.set(address, count);
  }

  #beat(): void {
    const now = performance.now();
    const due = this.#slots[this.#slot] ?? [];
    this.#slot = (this.#slot + 1) % this.#slots.length;
    for (const { viewer, channel } of due) {
      if (now > viewer.expiresAt) viewer.close("rotating", 500 + Math.random() * 2_000, channel.view?.page ?? null);
      else {
        this.counts.heartbeats++;
        channel.heartbeat(viewer);
      }
    }
  }

  #dropStalled(): void {
    const now = performance.now();
    for (const slot of this.#slots) {
      for (const { viewer, channel } of slot) {
        if (viewer.isStalled(now)) viewer.close("slow", 1_000 + Math.random() * 4_000, channel.view?.page ?? null);
      }
    }
  }
}
