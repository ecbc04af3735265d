/** `GET /api/v1/boards/{board}/stream`: what both ways of carrying it share, and the web-stream way. */
import { z } from "zod";
import { clientAddress } from "@/lib/auth/client-address";
import { isRungsError, RungsError } from "@/lib/domain/errors";
import { type Position, parsePositionId } from "@/lib/domain/snapshot";
import { playerId } from "@/lib/domain/text";
import { refuseStream } from "@/lib/live/hub";
import type { Sink } from "@/lib/live/viewer";
import type { Admit } from "@/lib/read-gate/read-gate";
import type { Services } from "@/lib/services";
import { openToPages } from "./cors";
import { liveBoardOf } from "./live-board-of";
import { readQuery } from "./parse";
import { isUnavailable } from "./problem";

export const streamHeaders = {
  "content-type": "text/event-stream",
  // no-transform keeps compressing proxies (and Next) from holding events back.
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  ...openToPages,
};

export const streamQuery = z.object({
  player: playerId.optional().meta({ description: "The stream has this player's standing as well" }),
  since: z
    .string()
    .max(64)
    .optional()
    .meta({ description: "The position that the client has, as in an event's `id`; Last-Event-ID goes before it" }),
});

export interface Watch {
  player: string | null;
  since: Position | null;
}

/**
 * Checks that the board streams, and reads what the viewer has. A position that was never ours counts as none; the
 * header wins over `?since=`, which a reconnecting EventSource would repeat for ever. Null when the board cannot be read at
 * present: a stream that is refused by its status would never come back.
 * Throws `board-not-found`, `streaming-off`, `invalid-request`.
 */
export async function readWatch(
  services: Services,
  boardId: string,
  search: URLSearchParams,
  lastEventId: string | null | undefined,
  admit: Admit,
): Promise<Watch | null> {
  const { player, since } = readQuery(search, streamQuery);
  const live = await liveBoardOf(services, boardId, admit).catch(nullIfUnavailable);
  if (!live) return null;
  if (live.board.delivery !== "sse") {
    throw new RungsError("streaming-off", "An organizer can switch streaming on in the board's settings.");
  }
  return { player: player ?? null, since: parsePositionId(lastEventId || since) };
}

function nullIfUnavailable(error: unknown): null {
  if (isUnavailable(error) || (isRungsError(error) && error.code === "too-many-requests")) return null;
  throw error;
}

/** The stream as a web response, for where Next carries it. A HEAD request gets the head, and no viewer is seated. */
export function streamResponse(services: Services, boardId: string, watch: Watch, request: Request): Response {
  if (request.method === "HEAD") return new Response(null, { headers: streamHeaders });
  const { signal } = request;
  let sink: WebSink | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        sink = new WebSink(controller);
        signal.addEventListener("abort", () => sink?.closed());
        if (signal.aborted) sink.closed();
        void services.hub.open(boardId, sink, { ...watch, address: clientAddress(request.headers) });
      },
      pull: () => sink?.drained(),
      cancel: () => sink?.closed(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 }),
  );
  return new Response(body, { headers: streamHeaders });
}

/** A stream that ends before it begins, so that an EventSource comes back. */
export function refusedStream({ method }: Request, reason: Parameters<typeof refuseStream>[1]): Response {
  const frames: Buffer[] = [];
  if (method !== "HEAD") refuseStream({ write: (frame) => frames.push(frame), end: () => undefined }, reason);
  return new Response(Buffer.concat(frames), { headers: streamHeaders });
}

class WebSink implements Sink {
  readonly #controller: ReadableStreamDefaultController<Uint8Array>;
  #open = true;
  #onDrain = () => {};
  #onClose = () => {};

  constructor(controller: ReadableStreamDefaultController<Uint8Array>) {
    this.#controller = controller;
  }

  get needsDrain(): boolean {
    return (this.#controller.desiredSize ?? 0) <= 0;
  }

  get bufferedBytes(): number {
    return Math.max(0, -(this.#controller.desiredSize ?? 0));
  }

  write(frame: Buffer): void {
    if (this.#open) this.#controller.enqueue(frame);
  }

  /** A reader that does not drain would never see the end either: the connection is cut. */
  end(): void {
    if (!this.#open) return;
    if (this.needsDrain) this.#controller.error(new ReaderTooSlowError());
    else this.#controller.close();
    this.closed();
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
    if (!this.#open) listener();
  }

  drained(): void {
    this.#onDrain();
  }

  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#onClose();
  }
}

/** What Next and others take for an aborted reply, which is not worth a line in the log. */
class ReaderTooSlowError extends Error {
  override readonly name = "AbortError";
}
