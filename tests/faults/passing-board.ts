/** Boards that a fault makes and takes away. The writers and viewers of a run leave them alone; visitors open them. */
import type { RunBoard } from "./boards";
import type { World } from "./fault";

const scores = 20;

export function passingBoard(id: string): RunBoard {
  return { id, operator: "set", order: "desc", rankStyle: "ordinal", delivery: "polling", tiebreaks: 0 };
}

/** Resolves when the board has scores, and every instance has read it. */
export async function fillBoard({ cluster, open, post }: World, board: RunBoard): Promise<void> {
  await open(board);
  await post(board, scores);
  await Promise.all(cluster.members.map(({ http }) => http.send({ path: `/api/v1/boards/${board.id}` })));
}
