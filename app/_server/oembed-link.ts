import { getServices } from "@/lib/services";

/** Where other sites learn how to embed a board, for its page to name; null for one that is not for other sites. */
export async function oembedLink(boardId: string): Promise<string | null> {
  const { env, liveBoards } = await getServices();
  const { board } = await liveBoards.get(boardId);
  if (board.embedHosts.length === 0) return null;
  return `${env.publicUrl}/api/v1/oembed?${new URLSearchParams({ url: `${env.publicUrl}/boards/${boardId}` })}`;
}
