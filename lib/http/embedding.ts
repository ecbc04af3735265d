/** Who may show a page in a frame, in the words of its Content-Security-Policy. */
import { frameAncestors } from "@/lib/domain/embed-hosts";
import { getServices } from "@/lib/services";

const embedPath = /^\/boards\/([a-z0-9-]{1,63})\/embed$/;

/** The value of `frame-ancestors`: nobody, but for pages made for frames, where the board says it; less than a second old. */
export async function ancestorsOf(pathname: string): Promise<string> {
  const boardId = embedPath.exec(pathname)?.[1];
  if (!boardId) return frameAncestors([]);
  try {
    const { liveBoards } = await getServices();
    return frameAncestors((await liveBoards.get(boardId)).board.embedHosts);
  } catch {
    // There is no such board, or no knowing: the page itself tells which.
    return frameAncestors([]);
  }
}
