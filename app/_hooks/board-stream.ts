/**
 * One supervised EventSource for a board. The browser reconnects a dropped stream by itself; this adds what it does
 * not do: notice a silent stream, rebuild a closed one with backoff, and rest after repeated failures.
 * Knows nothing of React or of what is shown.
 */
import type { Delta, Entry, Position, Snapshot } from "@/lib/domain/snapshot";
import { parsePositionId } from "@/lib/domain/snapshot";
import { type StreamState, streamSilenceMaxMs } from "./connection-status";
import { backoffMs } from "./jitter";

export interface StreamListener {
  onState(state: Extract<StreamState, "open" | "down">): void;
  /** Anything at all came from the server, at this time. */
  onHeard(at: number): void;
  onSnapshot(snapshot: Snapshot): void;
  onDelta(epoch: string, delta: Delta): void;
  onStanding(standing: WatchedStanding): void;
  /** The watched player has new inbox items, up to this id. */
  onInbox(newest: number): void;
  onHeartbeat(position: Position): void;
  /** An organizer switched the board to polling; the stream has closed itself. */
  onDeliveryOff(): void;
}

export interface WatchedStanding {
  entry: Entry;
  total: number;
}

export interface BoardStream {
  /** The server is known to be back: do not wait out a long rest. */
  retrySoon(): void;
  /** The listener hears nothing more. */
  close(): void;
}

export interface StreamOptions {
  /** Where to connect now; asked again for every rebuild, since `?since=` moves on. */
  url(): string;
  listener: StreamListener;
  createSource?: (url: string) => EventSource;
  random?: () => number;
}

/** After so many failures in a row the stream rests while polling carries on. */
const failuresMax = 3;
const restMs = 60_000;
/** The browser comes back by itself when the server's `retry` is over, of 45 s at most. */
const reconnectMaxMs = 50_000;

const eventSourceClosed = 2;

export function openBoardStream(options: StreamOptions): BoardStream {
  const { listener, createSource = (url) => new EventSource(url) } = options;
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let farewell = false;

  function connect() {
    stop();
    farewell = false;
    source = createSource(options.url());
    source.onopen = () => {
      failures = 0;
      heard();
      listener.onState("open");
    };
    source.onerror = () => dropped(source?.readyState === eventSourceClosed);
    for (const [name, receive] of Object.entries(receivers)) {
      source.addEventListener(name, (event) => {
        heard();
        receive(event as MessageEvent<string>);
      });
    }
    watchSilence();
  }

  const receivers = {
    snapshot: ({ data }: MessageEvent<string>) => listener.onSnapshot(JSON.parse(data)),
    delta: ({ data, lastEventId }: MessageEvent<string>) =>
      listener.onDelta(parsePositionId(lastEventId)?.epoch ?? "", JSON.parse(data)),
    standing: ({ data }: MessageEvent<string>) => listener.onStanding(JSON.parse(data)),
    inbox: ({ data }: MessageEvent<string>) => listener.onInbox(JSON.parse(data).newest),
    heartbeat: ({ data }: MessageEvent<string>) => listener.onHeartbeat(JSON.parse(data)),
    bye: ({ data }: MessageEvent<string>) => {
      farewell = true;
      if (JSON.parse(data).reason !== "delivery-off") return;
      stop();
      listener.onDeliveryOff();
    },
  };

  /** A stream that the server ended with `bye` is not a failure; the browser comes back when `retry` says so. */
  function dropped(closed: boolean) {
    if (!farewell) failures++;
    farewell = false;
    listener.onState("down");
    if (failures >= failuresMax) rebuildIn(restMs);
    else if (closed) rebuildIn(backoffMs(failures, options.random));
    else watchSilence(reconnectMaxMs);
  }

  function rebuildIn(delayMs: number) {
    stop();
    timer = setTimeout(connect, delayMs);
  }

  function heard() {
    listener.onHeard(Date.now());
    watchSilence();
  }

  function watchSilence(ms = streamSilenceMaxMs) {
    clearTimeout(silence);
    silence = setTimeout(() => dropped(true), ms);
  }

  function stop() {
    clearTimeout(timer);
    clearTimeout(silence);
    timer = undefined;
    source?.close();
    source = null;
  }

  connect();
  return {
    retrySoon() {
      if (timer === undefined) return;
      failures = 0;
      rebuildIn(backoffMs(1, options.random));
    },
    close: stop,
  };
}
