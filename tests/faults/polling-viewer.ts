/** A page that polls: conditional requests at the interval the server asks for, and the state the browser would show. */
import { afterPoll, type BoardState, initialState } from "@/app/_hooks/board-state";
import type { Snapshot } from "@/lib/domain/snapshot";
import type { Cluster } from "./cluster";
import type { History } from "./history";
import { rowsDigest } from "./rows-digest";

export interface ViewerOptions {
  name: string;
  board: string;
  cluster: Cluster;
  history: History;
}

export interface RunningViewer {
  name: string;
  board: string;
  /** Digest of what is shown; empty while nothing is. */
  rows(): string;
  close(): void;
}

const failedAgainMs = 1_000;

export function startPollingViewer({ name, board, cluster, history }: ViewerOptions): RunningViewer {
  let state: BoardState | undefined;
  let etag = "";
  /** Digest of what the tag stands for. */
  let tagged = "";
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function poll(): Promise<void> {
    let nextMs = failedAgainMs;
    try {
      const requestedAt = Date.now();
      const askedAt = history.now();
      const headers = etag ? { "if-none-match": etag } : {};
      const reply = await cluster.http.send({ path: `/api/v1/boards/${board}`, headers });
      if (reply.status === 200 || reply.status === 304) nextMs = Number(reply.headers["poll-interval"]) * 1_000;
      if (reply.status === 304) history.add({ type: "served", by: name, kind: "poll", board, askedAt, rows: tagged });
      if (reply.status === 200) {
        const polled = reply.json() as Snapshot;
        const served = history.served({ by: name, kind: "poll", board, askedAt }, polled);
        if (show(polled, requestedAt)) [etag, tagged] = [String(reply.headers.etag), served];
      }
    } catch {
      // Tried again soon, like any page that cannot reach its server.
    }
    if (!closed) timer = setTimeout(() => void poll(), nextMs);
  }

  /** Whether it was newer than what was there. */
  function show(polled: Snapshot, requestedAt: number): boolean {
    if (closed) return false;
    const now = Date.now();
    const before = state;
    state = state ? afterPoll(state, polled, requestedAt, now) : initialState(polled, now);
    // A page that was overtaken is not what the viewer has.
    if (state === before) return false;
    const { epoch, version } = state.shown;
    if (before?.shown === state.shown && before.serverStale === state.serverStale) return true;
    history.add({ type: "seen", viewer: name, kind: "poll", board, how: "poll", epoch, version, rows: rows() });
    return true;
  }

  function rows(): string {
    return state ? rowsDigest(state.shown.entries, state.shown.total, state.serverStale) : "";
  }

  void poll();
  return {
    name,
    board,
    rows,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
