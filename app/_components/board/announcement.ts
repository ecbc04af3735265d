import type { ConnectionStatus } from "@/app/_hooks/connection-status";
import type { Texts } from "@/app/_texts/texts";

export interface AnnouncedFacts {
  status: ConnectionStatus;
  /** The leader's name. */
  leader: string | undefined;
  /** The watched player's name and rank. */
  watched: string | undefined;
  rank: number | undefined;
}

/** What to say of the difference; empty when there is nothing to say. */
export function announcement(before: AnnouncedFacts, now: AnnouncedFacts, t: Texts<"board">): string {
  const sentences: string[] = [];
  if (now.status !== before.status) sentences.push(t(`${now.status}.said`));
  if (now.watched !== undefined && now.rank !== undefined && now.rank !== before.rank) {
    sentences.push(t("rankSaid", { name: now.watched, rank: now.rank }));
  }
  if (now.leader !== undefined && now.leader !== before.leader) sentences.push(t("leaderSaid", { name: now.leader }));
  return sentences.join(" ");
}
