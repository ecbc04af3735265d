import { z } from "zod";
import { embedHosts } from "./embed-hosts";
import { displayName } from "./text";

export const orders = ["desc", "asc"] as const;
export const operators = ["best", "set", "incr"] as const;
export const rankStyles = ["competition", "dense", "ordinal"] as const;
export const deliveries = ["polling", "sse"] as const;

export type Order = (typeof orders)[number];
export type Operator = (typeof operators)[number];
export type RankStyle = (typeof rankStyles)[number];
export type Delivery = (typeof deliveries)[number];

export interface Tiebreak {
  name: string;
  order: Order;
}

/** What the public sees of a board's settings; the `board` member of every snapshot. */
export interface BoardView {
  id: string;
  name: string;
  order: Order;
  operator: Operator;
  decimals: number;
  tiebreaks: Tiebreak[];
  rankStyle: RankStyle;
  delivery: Delivery;
}

/** All of a board's settings, as organizers see them. */
export interface BoardSettings extends BoardView {
  /** Sites that may show the board in a frame: none, `*` alone for any, or hosts as in embed-hosts.ts. */
  embedHosts: string[];
}

/** A board as the server knows it. */
export interface Board extends BoardSettings {
  /** Never used again after a delete, unlike `id`: every table and Redis key hangs on it. */
  uid: number;
  /** Grows with every change of the settings. */
  revision: number;
}

export const tiebreaksMax = 4;
export const decimalsMax = 6;

export const boardId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be 1 to 63 of a-z, 0-9 and -, and not start with -");

const tiebreak = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, "must be 1 to 32 letters, digits, _ or -, a letter first"),
  order: z.enum(orders),
});

const tiebreaks = z
  .array(tiebreak)
  .max(tiebreaksMax)
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, "names must differ");

const decimals = z.int().min(0).max(decimalsMax);

/** Body of `POST /api/v1/boards`. */
export const createBoardInput = z
  .strictObject({
    id: boardId,
    name: displayName,
    order: z.enum(orders).default("desc"),
    operator: z.enum(operators).default("best"),
    decimals: decimals.default(0),
    tiebreaks: tiebreaks.default([]),
    rankStyle: z.enum(rankStyles).default("competition"),
    delivery: z.enum(deliveries).default("polling"),
    embedHosts: embedHosts.default([]),
  })
  .meta({ id: "CreateBoard" });

/** Body of `PATCH /api/v1/boards/{board}`. */
export const updateBoardInput = z
  .strictObject({
    name: displayName.optional(),
    rankStyle: z.enum(rankStyles).optional(),
    delivery: z.enum(deliveries).optional(),
    embedHosts: embedHosts.optional(),
    order: z.enum(orders).optional(),
    operator: z.enum(operators).optional(),
    decimals: decimals.optional(),
    tiebreaks: tiebreaks.optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), "must change something")
  .meta({ id: "UpdateBoard" });

export type CreateBoardInput = z.infer<typeof createBoardInput>;
export type UpdateBoardInput = z.infer<typeof updateBoardInput>;

/** Settings that decide what stored numbers mean, so they are fixed once a board has scores. */
export const fixedOnceScored = ["order", "operator", "decimals", "tiebreaks"] as const;

export function boardView(board: BoardView): BoardView {
  const { id, name, order, operator, decimals, tiebreaks, rankStyle, delivery } = board;
  return { id, name, order, operator, decimals, tiebreaks, rankStyle, delivery };
}

export function boardSettings(board: BoardSettings): BoardSettings {
  return { ...boardView(board), embedHosts: board.embedHosts };
}
