/**
 * Very many streams of one board, each knowing only its cursor. What the board looked like there is taken from the
 * viewers who read every word.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { History } from "./history";
import type { RunningViewer } from "./polling-viewer";

export interface Herd extends RunningViewer {
  /** All connections are cut, and made anew in the same turn. */
  returnAtOnce(): Promise<void>;
}

export interface HerdOptions {
  ports: readonly number[];
  board: string;
  streams: number;
  history: History;
}

interface Stray {
  socket: Socket | undefined;
  /** Epoch and version, as the last event had it. */
  cursor: string;
  /** How often it had to come back by itself. */
  turns: number;
}

const openAtOnce = 100;
const againMs = 3_000;

export async function openHerd({ ports, board, streams, history }: HerdOptions): Promise<Herd> {
  const name = `herd of ${streams}`;
  const all: Stray[] = Array.from({ length: streams }, (_, i) => ({ socket: undefined, cursor: "", turns: i }));
  let closed = false;
  let lastRows = "";

  /** Resolves when the first event is there, or with the end of the connection. */
  async function open(stray: Stray): Promise<void> {
    const port = ports[stray.turns++ % ports.length] ?? 0;
    const socket = connect(port, "127.0.0.1");
    stray.socket = socket;
    const cursor = stray.cursor ? `Last-Event-ID: ${stray.cursor}\r\n` : "";
    socket.write(`GET /api/v1/boards/${board}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n${cursor}\r\n`);
    socket.setEncoding("latin1");
    let tail = "";
    socket.on("data", (text: string) => {
      // An id is at the beginning of an event, and may come in two pieces.
      const found = [...(tail + text).matchAll(/^id: ([a-z0-9]+-\d+)\n/gm)].at(-1)?.[1];
      if (found) stray.cursor = found;
      tail = text.slice(-64);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (!closed && stray.socket === socket) setTimeout(() => void open(stray), againMs * Math.random()).unref();
    });
    await Promise.race([once(socket, "data"), once(socket, "close")]).catch(() => undefined);
  }

  for (let i = 0; i < streams; i += openAtOnce) await Promise.all(all.slice(i, i + openAtOnce).map(open));
  history.add({ type: "connected", viewer: name, since: null });

  function rows(): string {
    const cursors = new Set(all.map((stray) => stray.cursor));
    const [only = ""] = cursors;
    const known = cursors.size === 1 ? whatWasSeenAt(only) : undefined;
    const now = known?.rows ?? `at ${cursors.size} positions`;
    if (known && now !== lastRows) {
      const { epoch, version } = known;
      history.add({ type: "seen", viewer: name, kind: "stream", board, how: "snapshot", epoch, version, rows: now });
    }
    lastRows = now;
    return now;
  }

  function whatWasSeenAt(cursor: string) {
    return history.events.findLast((event) => {
      return event.type === "seen" && event.board === board && `${event.epoch}-${event.version}` === cursor;
    }) as Extract<(typeof history.events)[number], { type: "seen" }> | undefined;
  }

  return {
    name,
    board,
    rows,
    async returnAtOnce() {
      const sockets = all.map((stray) => stray.socket);
      const opening = all.map(open);
      for (const socket of sockets) socket?.destroy();
      await Promise.all(opening);
    },
    close() {
      closed = true;
      for (const stray of all) stray.socket?.destroy();
    },
  };
}
