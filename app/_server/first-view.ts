import { notFound } from "next/navigation";
import { cache } from "react";
import { pageSize } from "@/app/_components/board/paging";
import { isRungsError } from "@/lib/domain/errors";
import type { Snapshot } from "@/lib/domain/snapshot";
import { getServices } from "@/lib/services";

/** What a page of a board begins with, and its tag. Once per request, for the page and its metadata. */
export const firstView = cache(async (boardId: string, page = 1): Promise<{ snapshot: Snapshot; etag: string }> => {
  try {
    const { views } = await getServices();
    const { text, etag } = await views.read(boardId, { limit: pageSize, offset: (page - 1) * pageSize });
    return { snapshot: JSON.parse(text), etag };
  } catch (error) {
    if (isRungsError(error) && error.code === "board-not-found") notFound();
    throw error;
  }
});
