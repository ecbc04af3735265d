import { contestBoard } from "@/lib/contest/scoring";
import type { BoardView } from "@/lib/domain/board";
import { type ApiOptions, call, refusal } from "./api";
import { CommandError } from "./command";

/** How long an answer may take before the first score; a server that is not there should be known soon. */
const firstAnswerMsMax = 10_000;

/** Makes sure that the board is there and ranks by a contest's rules; creates it where the key may. */
export async function prepareBoard(api: ApiOptions, board: string, name: string): Promise<"found" | "created"> {
  const path = `/api/v1/boards/${encodeURIComponent(board)}?limit=1`;
  const found = await call(api, { method: "GET", path }, firstAnswerMsMax);
  if (found.status === 200) {
    checkSettings((found.json as { board: BoardView } | null)?.board, board);
    return "found";
  }
  if (found.status !== 404) throw new CommandError(`${api.url} refused to show board "${board}": ${refusal(found)}`);
  await createBoard(api, board, name);
  return "created";
}

/** Whether `player` stands on the board; false when the board was emptied or made anew. */
export async function standsOnBoard(api: ApiOptions, board: string, player: string): Promise<boolean> {
  const path = `/api/v1/boards/${encodeURIComponent(board)}/players/${encodeURIComponent(player)}?around=0`;
  const answer = await call(api, { method: "GET", path }, firstAnswerMsMax);
  return answer.status !== 404;
}

async function createBoard(api: ApiOptions, id: string, name: string): Promise<void> {
  const body = JSON.stringify({ id, name, ...contestBoard });
  const created = await call(api, { method: "POST", path: "/api/v1/boards", body }, firstAnswerMsMax);
  if (created.status === 201) return;
  if (created.status === 401 || created.status === 403) {
    throw new CommandError(
      `Board "${id}" does not exist, and this key may not create it (${refusal(created)}). ` +
        `Use a key with boards:manage, or create the board first: rungs board create ${id} --name ${JSON.stringify(name)} ` +
        "--operator set --order desc --tiebreak penalty:asc --tiebreak lastAcceptedAt:asc",
    );
  }
  throw new CommandError(`Board "${id}" could not be created: ${refusal(created)}`);
}

function checkSettings(found: BoardView | undefined, board: string): void {
  if (!found) throw new CommandError("The server's answer is not a board: is this a Rungs server?");
  const tiebreakOrders = (tiebreaks: { order: string }[]) => tiebreaks.map(({ order }) => order).join(",");
  const wrong = [
    found.operator !== contestBoard.operator && `operator is ${found.operator}, not ${contestBoard.operator}`,
    found.order !== contestBoard.order && `order is ${found.order}, not ${contestBoard.order}`,
    tiebreakOrders(found.tiebreaks) !== tiebreakOrders(contestBoard.tiebreaks) &&
      "the tiebreaks are not two ascending ones (penalty, last accepted)",
  ].filter((problem) => problem !== false);
  if (wrong.length === 0) return;
  throw new CommandError(
    `Board "${board}" does not rank by a contest's rules: ${wrong.join("; ")}. Use another board.`,
  );
}
