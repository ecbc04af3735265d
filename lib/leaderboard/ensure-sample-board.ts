import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withDeadline } from "@/db/client";
import { insertBoard, listBoards } from "@/db/queries/boards";
import { createBoardInput } from "@/lib/domain/board";
import type { Context } from "./context";

export interface SampleBoard {
  boardId: string;
  key: string;
  /** Has the key and nothing else. */
  keyFile: string;
}

interface SampleKeys {
  create(input: { name: string; scopes: "scores:write"[]; boards: string[] }): Promise<{ key: string }>;
  verify(key: string): Promise<unknown>;
}

const sampleBoardId = "sample";

/**
 * A board to try Rungs on, with a key that can only post to it. Made once, in an installation without boards; the key
 * is kept in the data folder so that every start can name it. Null when the sample board was deleted.
 */
export async function ensureSampleBoard(
  { database, apiKeys }: Pick<Context, "database"> & { apiKeys: SampleKeys },
  dataDir: string,
): Promise<SampleBoard | null> {
  const boards = await withDeadline(listBoards(database.db));
  if (boards.length === 0) {
    await withDeadline(insertBoard(database.db, createBoardInput.parse({ id: sampleBoardId, name: "Sample board" })));
  } else if (!boards.some((board) => board.id === sampleBoardId)) {
    return null;
  }
  const file = join(dataDir, "sample-key");
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept !== "" && (await apiKeys.verify(kept))) return { boardId: sampleBoardId, key: kept, keyFile: file };
  const { key } = await apiKeys.create({ name: "Sample board", scopes: ["scores:write"], boards: [sampleBoardId] });
  await writeFile(file, key, { mode: 0o600 });
  return { boardId: sampleBoardId, key, keyFile: file };
}
