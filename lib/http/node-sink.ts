import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Sink } from "@/lib/live/viewer";
import { streamHeaders } from "./stream";

const streams = new WeakSet<Socket>();

/** Whether a connection carries a stream, whose unread bytes the hub looks after. */
export function isStream(socket: Socket): boolean {
  return streams.has(socket);
}

/**
 * A stream straight on the socket. Without chunked framing (the reply ends when the connection does) every viewer gets
 * the very same buffer, and past the response, which holds each write back for a turn: both halve the work of writing to
 * thousands.
 */
export class NodeSink implements Sink {
  readonly #response: ServerResponse;
  /** Null where the connection still answers an earlier request. */
  readonly #socket: Socket | null;
  #hasBegun = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    this.#socket = response.socket;
    if (response.socket) streams.add(response.socket);
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
    response.writeHead(200, streamHeaders);
    response.socket?.setNoDelay(true);
    response.socket?.setTimeout(0);
    response.on("error", () => undefined);
    // A viewer who closes their half has gone: nothing more is asked on a stream's connection.
    response.req.socket.once("end", () => response.destroy());
  }

  get needsDrain(): boolean {
    return this.#writable.writableNeedDrain;
  }

  get bufferedBytes(): number {
    return this.#writable.writableLength;
  }

  write(frame: Buffer): void {
    if (this.#response.writableEnded) return;
    this.#writable.write(frame);
    this.#hasBegun = true;
  }

  /** The head goes out with the first frame, by way of the response. */
  get #writable(): Socket | ServerResponse {
    return this.#hasBegun && this.#socket ? this.#socket : this.#response;
  }

  /** A reader that does not drain would never see the end either: the connection is cut. */
  end(): void {
    if (this.needsDrain) this.#response.destroy();
    else this.#response.end();
  }

  onDrain(listener: () => void): void {
    (this.#socket ?? this.#response).on("drain", listener);
  }

  onClose(listener: () => void): void {
    if (this.#response.closed || this.#response.destroyed) listener();
    else this.#response.on("close", listener);
  }
}
