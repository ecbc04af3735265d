/** One stream as a strict client sees it: over node:http, every event checked as it comes. */
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { Snapshot } from "@/lib/domain/snapshot";
import { type SseEvent, SseParser } from "./sse-parser";
import { StreamView } from "./stream-view";

export interface StreamOptions {
  port: number;
  board: string;
  /** Query parameters. */
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** What a returning viewer has. */
  resumed?: Snapshot | null;
}

export interface SseClient {
  status: number;
  headers: IncomingHttpHeaders;
  /** All events so far. */
  events: readonly SseEvent[];
  retries: readonly number[];
  view: StreamView;
  /** All bytes so far. */
  bytes(): Buffer;
  lastEventId(): string;
  /** The first event, from the last one so awaited on, that fits; rejects when the stream ends or breaks its promises. */
  next(wanted: string | ((event: SseEvent) => boolean), ms?: number): Promise<SseEvent>;
  /** Resolves when the viewer shows this version, or a later one; when given, of this epoch. */
  reaches(version: number, ms?: number, epoch?: string): Promise<Snapshot>;
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  /** Stops and starts reading from the socket. */
  pause(): void;
  resume(): void;
  close(): void;
}

export interface Streams {
  watch(board: string, options?: Partial<StreamOptions>): Promise<SseClient>;
  /** Comes back to a board with what the earlier stream showed. */
  comeBack(board: string, earlier: SseClient, options?: Partial<StreamOptions>): Promise<SseClient>;
  close(): void;
}

/** The streams of a test or file, to be closed together. */
export function streamsOf(port: number): Streams {
  const all: SseClient[] = [];
  const watch: Streams["watch"] = async (board, options = {}) => {
    const stream = await openStream({ port, board, ...options });
    all.push(stream);
    return stream;
  };
  return {
    watch,
    comeBack: (board, earlier, options = {}) =>
      watch(board, {
        headers: { "last-event-id": earlier.lastEventId() },
        resumed: earlier.view.snapshot,
        ...options,
      }),
    close() {
      for (const stream of all) stream.close();
    },
  };
}

const patienceMs = 5_000;

/** Resolves with the reply's head. */
export async function openStream(options: StreamOptions): Promise<SseClient> {
  const { port, board, query = {}, headers = {} } = options;
  const search = new URLSearchParams(query).toString();
  const path = `/api/v1/boards/${board}/stream${search && `?${search}`}`;
  // Each stream has a connection of its own, as in a browser.
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  const outgoing = request({
    agent,
    host: "127.0.0.1",
    port,
    path,
    headers: { accept: "text/event-stream", ...headers },
  });
  outgoing.end();
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", resolve).once("error", reject);
  });
  return read(incoming, options.resumed ?? null);
}

function read(incoming: IncomingMessage, resumed: Snapshot | null): SseClient {
  const view = new StreamView(resumed);
  const events: SseEvent[] = [];
  const chunks: Buffer[] = [];
  const watchers = new Set<() => void>();
  let awaited = 0;
  let failure: Error | null = null;
  const parser = new SseParser((event) => {
    events.push(event);
    view.take(event);
  });
  const look = () => {
    for (const watcher of watchers) watcher();
  };
  incoming.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    try {
      if (incoming.statusCode === 200) parser.push(chunk);
    } catch (error) {
      failure ??= error as Error;
      incoming.destroy();
    }
    look();
  });
  incoming.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => incoming.once("close", resolve));
  void ended.then(() => {
    if (!parser.isBetween) failure ??= new Error("the stream ended in the middle of an event");
    failure ??= new Error("the stream ended");
    look();
  });

  /** Looks at once, and again whenever something came. */
  function until<T>(find: () => T | undefined, what: string, ms: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (done: () => void) => {
        clearTimeout(timer);
        watchers.delete(watcher);
        done();
      };
      const watcher = () => {
        const found = find();
        if (found !== undefined) settle(() => resolve(found));
        else if (failure) settle(() => reject(failure));
      };
      const timer = setTimeout(() => {
        const last = events.slice(-5).map((event) => `${event.event} ${event.text.slice(0, 200)}`);
        settle(() => reject(new Error(`no ${what} within ${ms} ms; the last events were:\n${last.join("\n")}`)));
      }, ms);
      watchers.add(watcher);
      watcher();
    });
  }

  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    events,
    retries: parser.retries,
    view,
    bytes: () => Buffer.concat(chunks),
    lastEventId: () => parser.lastEventId,
    next(wanted, ms = patienceMs) {
      const fits = typeof wanted === "string" ? (event: SseEvent) => event.event === wanted : wanted;
      const find = () => {
        const i = events.findIndex((event, at) => at >= awaited && fits(event));
        if (i !== -1) awaited = i + 1;
        return events[i];
      };
      return until(find, typeof wanted === "string" ? wanted : "such event", ms);
    },
    reaches(version, ms = patienceMs, epoch) {
      const find = () => {
        const { snapshot } = view;
        const there = snapshot && snapshot.version >= version && (epoch === undefined || snapshot.epoch === epoch);
        return there ? snapshot : undefined;
      };
      return until(find, `version ${epoch ?? ""} ${version}`, ms);
    },
    ended,
    pause: () => void incoming.socket.pause(),
    resume: () => void incoming.socket.resume(),
    close: () => void incoming.destroy(),
  };
}
