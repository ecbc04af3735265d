/** The public shapes of what has been, as JSON carries them. Numbers here are decimals, not scaled. */
import type { BoardView } from "./board";
import type { Entry, Position } from "./snapshot";

/** A moment in milliseconds since 1970, and what was so from then on. */
export type Point = [at: number, value: number];

interface Known {
  /** False for a board so long that its beginning is no longer looked at: what is told begins later. */
  complete: boolean;
}

export interface PlayerEvent {
  seq: number;
  /** ISO 8601. */
  at: string;
  /** As posted; tiebreaks that were left out are those that stayed, or null. */
  score: number;
  tiebreaks: (number | null)[];
  /** Whether it changed the player's standing. */
  applied: boolean;
  /** The player's standing after it. */
  after: { score: number; tiebreaks: (number | null)[] };
}

/** `GET .../players/{player}/events`: newest first. */
export interface PlayerEvents extends Known {
  player: string;
  events: PlayerEvent[];
  /** To be given as `before` for the events before these; null when there are none. */
  next: number | null;
}

/** `GET .../players/{player}/history`. */
export interface PlayerHistory extends Known {
  player: string;
  /** The score after each change, thinned out to `historyPointsMax`: first and last, and highs and lows between them. */
  points: Point[];
  /** The rank at some moments; null for a board too large to find out. */
  ranks: Point[] | null;
}

/** `GET .../at`: the board as it stood after event `seq`, under the names and the rank style of today. */
export interface PastBoard {
  board: BoardView;
  /** When the last event happened, ISO 8601; null before the first. */
  at: string | null;
  /** Number of the last event; 0 before the first. */
  seq: number;
  total: number;
  entries: Entry[];
}

/** `GET .../timeline`. */
export interface Timeline extends Known {
  /** Of the first event and the last, ISO 8601; null on an empty board. */
  from: string | null;
  to: string | null;
  events: number;
  /** Number of the last event. */
  seq: number;
  /** Times and numbers of up to `marksMax` events, with as many events between each two. */
  marks: Point[];
}

/** `GET .../race`: the scores over time of those who lead now, in the order of the board. */
export interface Race extends Position, Known {
  players: { player: string; name: string; points: Point[] }[];
}

export const historyPointsMax = 500;
export const racePointsMax = 300;
export const marksMax = 200;
export const racersMax = 20;
