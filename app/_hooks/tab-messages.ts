/** What tabs that share a stream say to one another. */

import type { StreamListener, WatchedStanding } from "./board-stream";
import type { StreamState } from "./connection-status";
import type { HandedOver } from "./stream-state";

/** Tabs may hold pages of different age: raise this with any change to the messages or to what they carry. */
export const tabProtocol = 2;

/** The calls of a listener that a leader hands on to the others, word for word. */
export const handedOn = ["onSnapshot", "onDelta", "onStanding", "onInbox", "onHeartbeat", "onDeliveryOff"] as const;
export type HandedOn = (typeof handedOn)[number];

export type TabMessage =
  | { kind: "hello"; question: string }
  | { kind: "welcome"; question: string; welcome: Welcome }
  /** By a new leader, and whenever its stream is built anew. */
  | { kind: "leads"; welcome: Welcome }
  | { kind: "left"; leader: string }
  | { kind: "state"; leader: string; state: "open" | "down" }
  | { kind: "event"; leader: string; heardAt: number; name: HandedOn; args: Parameters<StreamListener[HandedOn]> }
  /** Whether the leader is there. */
  | { kind: "ping" }
  | { kind: "pong"; leader: string }
  /** The server is known to be back. */
  | { kind: "retry" };

/** Lets a tab in: what the leader says next continues this. */
export interface Welcome {
  leader: string;
  stream: StreamState;
  /** When the leader last heard from the server. */
  heardAt: number;
  state: HandedOver;
  standing: WatchedStanding | null;
}
