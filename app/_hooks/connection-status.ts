/** What the page may truthfully say of its connection: facts and the time in, one word out. */

export type ConnectionStatus = "polling" | "live" | "reconnecting" | "stale";

/** `off`: not wanted; `connecting`: the first try is under way; `down`: wanted, lost or not to be had. */
export type StreamState = "off" | "connecting" | "open" | "down";

export interface ConnectionFacts {
  /** When the server last confirmed or changed what is shown: a 200, a 304 or a stream event. */
  verifiedAt: number;
  pollIntervalMs: number;
  /** Whether the last poll failed. */
  pollFailed: boolean;
  /** Whether the browser knows that it has no network. */
  offline: boolean;
  stream: StreamState;
  /** When anything last came by stream. */
  heardAt: number;
  /** Whether the server marked its last answer as possibly out of date. */
  serverStale: boolean;
}

/**
 * Two heartbeats and some slack: a stream silent for longer is dead, whatever the browser says. A poll follows, within the
 * 15 s in which a viewer is current again.
 */
export const streamSilenceMaxMs = 12_000;

const unverifiedMaxMs = 15_000;

export function connectionStatus(facts: ConnectionFacts, now: number): ConnectionStatus {
  if (facts.serverStale) return "stale";
  const streaming = facts.stream === "open" && now - facts.heardAt <= streamSilenceMaxMs;
  if (streaming && !facts.offline) return "live";
  if (now - facts.verifiedAt > staleAfterMs(facts)) return "stale";
  const trouble = facts.offline || facts.pollFailed || facts.stream === "down" || facts.stream === "open";
  return trouble ? "reconnecting" : "polling";
}

/** A server that asks for rarer polls does not make its pages stale in between. */
function staleAfterMs({ pollIntervalMs }: ConnectionFacts): number {
  return Math.max(unverifiedMaxMs, 2.5 * pollIntervalMs);
}
