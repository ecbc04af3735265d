import type { Snapshot } from "@/lib/domain/snapshot";
import type { WatchedStanding } from "./board-stream";
import type { ConnectionStatus } from "./connection-status";
import type { Moves } from "./moves";

/** What a board's page shows. Immutable: members that did not change keep their identity. */
export interface LiveView {
  snapshot: Snapshot;
  moves: Moves;
  status: ConnectionStatus;
  streaming: boolean;
  offline: boolean;
  /** The server's word that its answers may be out of date. */
  serverStale: boolean;
  /** The board no longer exists. */
  gone: boolean;
  /** The watched player's, once the stream has told it. */
  standing: WatchedStanding | null;
  /** Id of the watched player's newest inbox item that the stream has told of; 0 while it has told of none. */
  newestItem: number;
  /** When somebody had the page stand still, in milliseconds since 1970: standings and moves are those of then. */
  heldAt: number | null;
}

/** Changes what is seen of a board, and nothing of how it is followed. Gives the same objects for what did not change. */
export type Lens = (view: LiveView) => LiveView;

export function sameView(a: LiveView, b: LiveView): boolean {
  const keys = Object.keys(a) as (keyof LiveView)[];
  return keys.every((key) => a[key] === b[key]);
}
