import type { LiveBoard } from "@/lib/live/live-boards";
import type { Admit } from "@/lib/read-gate/read-gate";
import type { Services } from "@/lib/services";

/** What is known of a board. The first look at one is a query, and so is every look at one that does not exist. */
export function liveBoardOf(
  { liveBoards }: Pick<Services, "liveBoards">,
  boardId: string,
  admit: Admit,
): Promise<LiveBoard> {
  const look = () => liveBoards.get(boardId);
  return liveBoards.knows(boardId) ? look() : admit("board", look);
}
