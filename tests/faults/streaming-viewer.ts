/**
 * A viewer who knows only what streams say: deltas applied one to the next, heartbeats believed, and after every
 * interruption the cursor shown to whichever instance takes the connection. It never polls, so that nothing a stream
 * leaves out is made good by another way.
 */
import { type IncomingMessage, request } from "node:http";
import { applyDelta } from "@/lib/domain/delta";
import { type Delta, type Position, parsePositionId, positionId, type Snapshot } from "@/lib/domain/snapshot";
import { type SseEvent, SseParser } from "@/tests/support/sse-parser";
import type { RunningViewer, ViewerOptions } from "./polling-viewer";
import { rowsDigest } from "./rows-digest";

export interface StreamingViewer extends RunningViewer {
  /** Reads nothing from its connection until it is resumed. */
  stall(): void;
  resume(): void;
}

export interface StreamingViewerOptions extends ViewerOptions {
  /** False: takes every delta as it comes. */
  gapCheck?: boolean;
}

const refusedAgainMs = 500;

export function startStreamingViewer(options: StreamingViewerOptions): StreamingViewer {
  const { name, board, cluster, history, gapCheck = true } = options;
  let shown: Snapshot | undefined;
  let incoming: IncomingMessage | undefined;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = 3_000;
  let closed = false;

  function connect(): void {
    const since = shown ? positionId(shown) : null;
    // Behind nginx some of a board's viewers go to one instance and some to another, by what they say they are.
    const headers = { accept: "text/event-stream", "user-agent": name, ...(since && { "last-event-id": since }) };
    const path = `/api/v1/boards/${board}/stream`;
    const outgoing = request({ host: "127.0.0.1", port: cluster.balancer.port, path, headers, agent: false });
    outgoing.on("error", () => again(refusedAgainMs));
    outgoing.on("response", (reply) => {
      if (reply.statusCode !== 200) {
        reply.resume();
        again(refusedAgainMs);
        return;
      }
      history.add({ type: "connected", viewer: name, since });
      incoming = reply;
      read(reply);
    });
    outgoing.end();
  }

  function read(reply: IncomingMessage): void {
    const parser = new SseParser((event) => incoming === reply && take(event));
    reply.on("data", (chunk: Buffer) => {
      parser.push(chunk);
      retryMs = parser.retries.at(-1) ?? retryMs;
    });
    reply.on("error", () => undefined);
    reply.on("close", () => incoming === reply && again(retryMs));
  }

  function again(ms: number): void {
    incoming = undefined;
    clearTimeout(timer);
    if (!closed) timer = setTimeout(connect, ms);
  }

  function take({ event, data, id }: SseEvent): void {
    if (event === "snapshot") show("snapshot", data as Snapshot);
    else if (event === "delta") applyOne(data as Delta, parsePositionId(id)?.epoch ?? "");
    else if (event === "heartbeat" && gapCheck) beat(data as Position);
  }

  function applyOne(delta: Delta, epoch: string): void {
    const fits = shown?.epoch === epoch && shown.version === delta.from;
    if (gapCheck && !fits) missed(`a delta from ${epoch}-${delta.from}`);
    else if (shown) show("delta", applyDelta({ ...shown, version: delta.from, epoch }, delta), delta.from);
  }

  function beat(position: Position): void {
    if (shown && positionId(position) === positionId(shown)) served(shown);
    else missed(`a heartbeat at ${positionId(position)}`);
  }

  function missed(what: string): void {
    history.add({ type: "gap", viewer: name, why: `${what}, at ${shown ? positionId(shown) : "nothing"}` });
    const ended = incoming;
    again(0);
    ended?.destroy();
  }

  function show(how: "snapshot" | "delta", snapshot: Snapshot, from?: number): void {
    shown = snapshot;
    const rows = served(snapshot);
    const { epoch, version } = snapshot;
    const chain = from === undefined ? {} : { from };
    history.add({ type: "seen", viewer: name, kind: "stream", board, how, epoch, version, ...chain, rows });
  }

  function served(snapshot: Snapshot): string {
    return history.served({ by: name, kind: "stream", board, askedAt: history.now() }, snapshot);
  }

  function rows(): string {
    return shown ? rowsDigest(shown.entries, shown.total, shown.stale) : "";
  }

  connect();
  return {
    name,
    board,
    rows,
    stall: () => void incoming?.socket.pause(),
    resume: () => void incoming?.socket.resume(),
    close() {
      closed = true;
      clearTimeout(timer);
      incoming?.destroy();
    },
  };
}
