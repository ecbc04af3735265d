/** A viewer who knows only what one stream says, and holds every event to what the contract promises of it. */
import { applyDelta } from "@/lib/domain/delta";
import { type Position, positionId, type Snapshot } from "@/lib/domain/snapshot";
import type { SseEvent } from "./sse-parser";

export interface Standing {
  entry: Snapshot["entries"][number];
  total: number;
}

export class StreamView {
  snapshot: Snapshot | null;
  standing: Standing | null = null;
  bye: string | null = null;
  readonly seen = { snapshot: 0, delta: 0, standing: 0, inbox: 0, heartbeat: 0, bye: 0 };

  /** @param resumed what a returning viewer has, and has told the server by `Last-Event-ID`. */
  constructor(resumed: Snapshot | null = null) {
    this.snapshot = resumed;
  }

  /** Throws when the event skips something, repeats something, or claims more than was sent. */
  take({ event, data, id }: SseEvent): void {
    if (this.bye) throw new Error(`a ${event} after the bye`);
    if (!(event in this.seen)) throw new Error(`an event named ${JSON.stringify(event)}`);
    this.seen[event as keyof typeof this.seen]++;
    if (event === "snapshot") this.#show(data);
    else if (event === "delta") this.#apply(data, id);
    else if (event === "standing") this.standing = data;
    else if (event === "bye") this.bye = data.reason;
    else if (event === "heartbeat") this.#beat(data);
    const isUnnumbered = event === "heartbeat" || event === "inbox";
    if (isUnnumbered ? id !== null : id !== null || event !== "bye") this.#checkId(event, id);
  }

  get position(): Position {
    if (!this.snapshot) throw new Error("nothing has been shown yet");
    return { epoch: this.snapshot.epoch, version: this.snapshot.version };
  }

  #show(snapshot: Snapshot): void {
    checkOrder(snapshot);
    this.snapshot = snapshot;
  }

  #apply(delta: Parameters<typeof applyDelta>[1], id: string | null): void {
    if (!this.snapshot) throw new Error("a delta before any snapshot");
    if (delta.to <= delta.from) throw new Error(`a delta from ${delta.from} to ${delta.to}`);
    if (!id?.startsWith(`${this.snapshot.epoch}-`)) throw new Error(`a delta ${id} on epoch ${this.snapshot.epoch}`);
    this.snapshot = applyDelta(this.snapshot, delta);
    checkOrder(this.snapshot);
  }

  #beat(position: Position): void {
    if (this.snapshot && positionId(position) !== positionId(this.snapshot)) {
      throw new Error(`a heartbeat at ${positionId(position)} for a viewer at ${positionId(this.snapshot)}`);
    }
  }

  #checkId(event: string, id: string | null): void {
    if (event === "heartbeat" || event === "inbox") throw new Error(`a ${event} with an id`);
    if (id !== positionId(this.position)) {
      throw new Error(`a ${event} with id ${id} for a viewer at ${positionId(this.position)}`);
    }
  }
}

/** Positions are 1, 2, 3, ...; ranks grow, and nobody is there twice. */
function checkOrder({ entries, total }: Snapshot): void {
  const players = new Set(entries.map((entry) => entry.player));
  const inOrder = entries.every(
    ({ position, rank }, i) => position === i + 1 && rank <= position && rank >= (entries[i - 1]?.rank ?? 1),
  );
  if (!inOrder || players.size !== entries.length || total < entries.length) {
    throw new Error(
      `not a board: ${JSON.stringify(entries.map(({ position, rank, player }) => [position, rank, player]))}`,
    );
  }
}
