/** The list of boards: what is asked for, and what JSON carries of it. */
import { z } from "zod";
import { type BoardView, boardId } from "./board";
import type { Entry } from "./snapshot";
import { storedName } from "./text";

export const boardSorts = ["name", "changed"] as const;

export type BoardSort = (typeof boardSorts)[number];

export const boardsMax = 100;

/** The last board of a page, by what the list is sorted by. */
export const boardListCursor = z.discriminatedUnion("sort", [
  z.strictObject({ sort: z.literal("name"), name: storedName, id: boardId }),
  z.strictObject({
    sort: z.literal("changed"),
    /** Microseconds since 1970, as fine as Postgres tells them. */
    us: z.int().min(0),
    uid: z.int().min(0).max(2_147_483_647),
  }),
]);

export type BoardListCursor = z.infer<typeof boardListCursor>;

export interface BoardListQuery {
  sort: BoardSort;
  /** A part of the name or id. */
  q?: string | undefined;
  after?: BoardListCursor | undefined;
  limit: number;
}

export interface BoardSummary extends BoardView {
  /** Players on the board. */
  total: number;
  /** When a score last changed a standing, ISO 8601; null while none has. */
  changedAt: string | null;
  /** Null while there is none, or where it cannot be read at present. */
  leader: Entry | null;
  /** How many watch it now. */
  viewers: number;
  /** Leader and total may be out of date. */
  stale?: true | undefined;
}

export interface BoardList {
  boards: BoardSummary[];
  /** Of all pages together. */
  total: number;
  /** What `after` has to be for the next page; null on the last. */
  next: string | null;
}
