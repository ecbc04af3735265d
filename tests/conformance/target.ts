/** A server under examination: requests and streams over whatever is in between. */
import type { Snapshot } from "@/lib/domain/snapshot";
import { type SseEvent, SseParser } from "@/tests/support/sse-parser";
import { StreamView } from "@/tests/support/stream-view";

export interface Target {
  url: string;
  /** With `boards:manage` and `scores:write`; null: only what is public is looked at. */
  key: string | null;
  send(method: string, path: string, options?: SendOptions): Promise<Reply>;
  stream(path: string, options?: StreamOptions): Promise<Stream>;
  closeStreams(): Promise<void>;
}

interface SendOptions {
  headers?: Record<string, string>;
  /** Sent as JSON; a string goes as it is. */
  body?: unknown;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  json(): ReturnType<typeof JSON.parse>;
}

interface StreamOptions {
  headers?: Record<string, string>;
  /** What a returning viewer has. */
  resumed?: Snapshot;
}

export interface Stream {
  status: number;
  headers: Headers;
  events: readonly SseEvent[];
  retries: readonly number[];
  /** Milliseconds from the request to the first bytes of the body. */
  firstBytesMs(): number | null;
  view: StreamView;
  /** The first event of that name, or the first that fits, from the last one so awaited on. */
  next(wanted: string | ((event: SseEvent) => boolean), ms: number): Promise<SseEvent>;
  /** Resolves when the server has ended the stream, with what was wrong with it if anything was. */
  ended: Promise<Error | null>;
  close(): void;
}

const requestMs = 10_000;

export function targetAt(url: string, key: string | null): Target {
  const open = new Set<Stream>();
  return {
    url,
    key,
    send: (method, path, options = {}) => send(`${url}${path}`, method, options),
    async stream(path, options = {}) {
      const stream = await openStream(`${url}${path}`, options);
      open.add(stream);
      return stream;
    },
    async closeStreams() {
      for (const stream of open) stream.close();
      await Promise.all([...open].map(({ ended }) => ended));
      open.clear();
    },
  };
}

async function send(url: string, method: string, { headers = {}, body }: SendOptions): Promise<Reply> {
  const content = typeof body === "string" ? body : JSON.stringify(body);
  const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch(url, {
    method,
    headers: { ...type, ...headers },
    signal: AbortSignal.timeout(requestMs),
    ...(content !== undefined && { body: content }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
}

async function openStream(url: string, { headers = {}, resumed }: StreamOptions): Promise<Stream> {
  const abort = new AbortController();
  const startedAt = performance.now();
  const response = await fetch(url, { headers: { accept: "text/event-stream", ...headers }, signal: abort.signal });
  const view = new StreamView(resumed ?? null);
  const events: SseEvent[] = [];
  const listeners = new Set<() => void>();
  const notify = () => {
    for (const listener of listeners) listener();
  };
  const parser = new SseParser((event) => {
    view.take(event);
    events.push(event);
    notify();
  });
  let [firstAt, awaited, over]: [number | null, number, Error | null | undefined] = [null, 0, undefined];
  const ended = read().finally(notify);

  async function read(): Promise<Error | null> {
    try {
      for await (const chunk of response.body ?? []) {
        firstAt ??= performance.now() - startedAt;
        parser.push(chunk);
        notify();
      }
      over = null;
    } catch (error) {
      over = abort.signal.aborted ? null : (error as Error);
    }
    abort.abort();
    return over;
  }

  return {
    status: response.status,
    headers: response.headers,
    events,
    retries: parser.retries,
    firstBytesMs: () => firstAt,
    view,
    ended,
    close: () => abort.abort(),
    next(wanted, ms) {
      const fits = typeof wanted === "string" ? ({ event }: SseEvent) => event === wanted : wanted;
      return new Promise((resolve, reject) => {
        const give = (result: SseEvent | Error) => {
          clearTimeout(timer);
          listeners.delete(look);
          if (result instanceof Error) reject(result);
          else resolve(result);
        };
        const what = typeof wanted === "string" ? `a ${wanted}` : "what was awaited";
        const timer = setTimeout(() => give(new Error(`${what} did not come within ${ms} ms`)), ms);
        const look = () => {
          const found = events.findIndex((event, i) => i >= awaited && fits(event));
          const event = events[found];
          if (event) {
            awaited = found + 1;
            give(event);
          } else if (over !== undefined) give(over ?? new Error(`the stream ended before ${what} came`));
        };
        listeners.add(look);
        look();
      });
    },
  };
}
