/**
 * One supervised EventSource for a board. The browser reconnects a dropped stream by itself; this adds what it does
 * not do: notice a silent stream, rebuild a closed one with backoff, and rest after repeated failures.
 * Knows nothing of React or of what is shown.
 */
import type { Delta, Entry, Position, Snapshot } from "@/lib/domain/snapshot";
import { parsePositionId } from "@/lib/domain/snapshot";
import { type StreamState, streamSilenceMaxMs } from "./connection-status";
import { backoffMs } from "./jitter";
import { deltaShape, entryShape, hasShape, positionShape, type Shape, snapshotShape } from "./shapes";

export interface StreamListener {
  onState(state: Extract<StreamState, "open" | "down">): void;
  /** The server confirmed or changed what it last said of the board, at this time. */
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
const watchedShape: Shape<WatchedStanding> = { entry: entryShape, total: 0 };

export function openBoardStream(options: StreamOptions): BoardStream {
  const { listener, createSource = (url) => new EventSource(url) } = options;
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let farewell = false;
  /** Whether this connection has brought an event. */
  let live = false;

  function connect() {
    stop();
    source = createSource(options.url());
    // A proxy can answer, too: only an event shows that it is this API.
    source.onopen = () => watchSilence();
    source.onerror = () => dropped(source?.readyState === eventSourceClosed);
    receive<Snapshot>("snapshot", snapshotShape, (snapshot) => listener.onSnapshot(snapshot));
    receive<Delta>("delta", deltaShape, (delta, id) => listener.onDelta(parsePositionId(id)?.epoch ?? "", delta));
    receive<Position>("heartbeat", positionShape, (position) => listener.onHeartbeat(position));
    receive<WatchedStanding>("standing", watchedShape, (standing) => listener.onStanding(standing));
    receive<{ newest: number }>("inbox", { newest: 0 }, ({ newest }) => listener.onInbox(newest));
    take<{ reason: string }>("bye", { reason: "" }, ({ reason }) => {
      farewell = true;
      if (reason !== "delivery-off") return;
      stop();
      listener.onDeliveryOff();
    });
    watchSilence();
  }

  /** The server writes of the board only where it serves the board. */
  function receive<T>(name: string, shape: Shape<T>, hand: (data: T, id: string) => void) {
    take<T>(name, shape, (data, id) => {
      failures = 0;
      watchSilence();
      listener.onHeard(Date.now());
      if (!live) listener.onState("open");
      live = true;
      // The listener may close the stream at any word.
      if (source) hand(data, id);
    });
  }

  function take<T>(name: string, shape: Shape<T>, hand: (data: T, id: string) => void) {
    source?.addEventListener(name, (event) => {
      const { data, lastEventId } = event as MessageEvent<string>;
      const read = parsed(data);
      if (hasShape<T>(read, shape)) hand(read, lastEventId);
    });
  }

  /** A stream that the server ended with `bye` is not a failure; the browser comes back when `retry` says so. */
  function dropped(closed: boolean) {
    if (!farewell) failures++;
    farewell = false;
    live = false;
    listener.onState("down");
    if (failures >= failuresMax) rebuildIn(restMs);
    else if (closed) rebuildIn(backoffMs(failures, options.random));
    else watchSilence(reconnectMaxMs);
  }

  function rebuildIn(delayMs: number) {
    stop();
    timer = setTimeout(connect, delayMs);
  }

  function watchSilence(ms = streamSilenceMaxMs) {
    clearTimeout(silence);
    silence = setTimeout(() => dropped(true), ms);
  }

  function stop() {
    clearTimeout(timer);
    clearTimeout(silence);
    timer = undefined;
    farewell = false;
    live = false;
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

/** Undefined for what is no JSON. */
function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
