/**
 * `GET /api/v1/boards` and the front page. A page of the list is made at most once a second however many ask, from two
 * queries, the leaders that are held while their boards do not change, and one look at the other instances' viewers.
 */
import { z } from "zod";
import {
  type BoardListCursor,
  type BoardListQuery,
  boardListCursor,
  boardSorts,
  boardsMax,
} from "@/lib/domain/board-list";
import { isRungsError } from "@/lib/domain/errors";
import type { RankedStanding } from "@/lib/domain/ranking";
import { searchText } from "@/lib/domain/text";
import { encodeBoardList } from "@/lib/domain/wire";
import { withDeadline } from "@/lib/embedded/deadline";
import { type BoardsFound, browseBoards } from "@/lib/leaderboard/browse-boards";
import type { EncodedBody } from "@/lib/live/encoded-body";
import type { Admit } from "@/lib/read-gate/read-gate";
import type { Services } from "@/lib/services";
import { whole } from "./parse";

const cursorLengthMax = 1_200;
/** The list goes without a leader that takes longer to find. */
const leaderMsMax = 1_000;
const leaderWindow = { offset: 0, limit: 1 };

const cursorText = z
  .string()
  .max(cursorLengthMax)
  .transform((text, context): BoardListCursor => {
    const cursor = readCursor(text);
    if (cursor) return cursor;
    context.addIssue({ code: "custom", message: "must be what `next` of an earlier page said" });
    return z.NEVER;
  });

export const boardsQuery = z
  .object({
    sort: z.enum(boardSorts).default("name").meta({ description: "By name, or by the last change, newest first" }),
    q: searchText.optional().meta({ description: "A part of the name or id, in upper or lower case" }),
    after: cursorText.optional().meta({ description: "`next` of the page before" }),
    limit: whole(1, boardsMax, boardsMax),
  })
  .refine(({ sort, after }) => after === undefined || after.sort === sort, {
    path: ["after"],
    message: "belongs to a list that is sorted otherwise",
  });

export function boardListBody(
  services: Services,
  query: z.infer<typeof boardsQuery>,
  admit: Admit,
): Promise<EncodedBody> {
  const { sort, q, after, limit } = query;
  const make = () => writeList(services, { sort, q, after, limit });
  return services.boardLists.get(JSON.stringify([sort, q, after, limit]), "", make, (work) => admit("list", work));
}

async function writeList(services: Services, query: BoardListQuery): Promise<string> {
  const { boards, total, next } = await browseBoards(services, query);
  const [tops, viewers] = await Promise.all([
    Promise.all(boards.map((listed) => topOf(services, listed))),
    services.viewersNow.ofAll(boards.map(({ board }) => board.id)),
  ]);
  const listed = boards.flatMap(({ board, changedAt }, i) => {
    const top = tops[i] ?? "gone";
    if (top === "gone") return [];
    const { polling = 0, streaming = 0 } = viewers.get(board.id) ?? {};
    return [{ board, changedAt, viewers: polling + streaming, ...top }];
  });
  return encodeBoardList(listed, total, next && writeCursor(next));
}

type Top = { total: number; leader: RankedStanding | null; stale?: true } | "gone";

/** Read from the view that is kept for as long as the board does not change; a board without scores needs none. */
async function topOf(
  { views, storageErrors, staleAnswers }: Services,
  { board, players, changedAt }: BoardsFound["boards"][number],
): Promise<Top> {
  if (changedAt === null) return { total: 0, leader: null };
  try {
    const { page } = await withDeadline(
      views.read(board.id, leaderWindow),
      leaderMsMax,
      `${board.id} takes long to read`,
    );
    // Deleted and made again since it was listed.
    if (page.board.uid !== board.uid) return "gone";
    const top = { total: page.total, leader: page.entries[0] ?? null };
    if (!page.stale) return top;
    staleAnswers.given(board.id);
    return { ...top, stale: true };
  } catch (error) {
    storageErrors.report({ component: "board list", board: board.id, error, consequence: "listed without its leader" });
    return isRungsError(error) && error.code === "board-not-found" ? "gone" : { total: players, leader: null };
  }
}

function readCursor(text: string): BoardListCursor | null {
  try {
    const parsed = boardListCursor.safeParse(JSON.parse(Buffer.from(text, "base64url").toString()));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** As it stands in an address. */
export function writeCursor(cursor: BoardListCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}
