import type { ConnectionStatus } from "@/app/_hooks/connection-status";

export interface AnnouncedFacts {
  status: ConnectionStatus;
  /** The leader's name. */
  leader: string | undefined;
  /** The watched player's name and rank. */
  watched: string | undefined;
  rank: number | undefined;
}

const connection: Record<ConnectionStatus, string> = {
  live: "Live updates are on.",
  polling: "Updates come every few seconds.",
  reconnecting: "The connection was lost; reconnecting.",
  stale: "The standings may be out of date.",
};

/** What to say of the difference; empty when there is nothing to say. */
export function announcement(before: AnnouncedFacts, now: AnnouncedFacts): string {
  const sentences: string[] = [];
  if (now.status !== before.status) sentences.push(connection[now.status]);
  if (now.watched !== undefined && now.rank !== undefined && now.rank !== before.rank) {
    sentences.push(`${now.watched} is now at rank ${now.rank}.`);
  }
  if (now.leader !== undefined && now.leader !== before.leader) sentences.push(`${now.leader} leads.`);
  return sentences.join(" ");
}
