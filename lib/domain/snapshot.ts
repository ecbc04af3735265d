/** The public shapes of version 1, as JSON carries them. Numbers here are decimals, not scaled. */
import type { BoardView } from "./board";

export interface Entry {
  rank: number;
  position: number;
  player: string;
  name: string;
  score: number;
  /** Null for one that was never posted for the player: it ranks last. */
  tiebreaks: (number | null)[];
}

/** A state of a board is named by epoch and version; together `<epoch>-<version>`. */
export interface Position {
  epoch: string;
  version: number;
}

export interface Snapshot extends Position {
  board: BoardView;
  /** When the state was read, ISO 8601. */
  asOf: string;
  total: number;
  entries: Entry[];
  /** Present while the rank index is away: served from Postgres or from the last snapshot. */
  stale?: true;
}

export interface ChangedEntry extends Entry {
  /** Null for a player who was not in the window before. */
  previousRank: number | null;
}

/** What turns the snapshot at `from` into the one at `to`, within one epoch. */
export interface Delta {
  from: number;
  to: number;
  total: number;
  changed: ChangedEntry[];
  /** Players who left the window. */
  removed: string[];
}

export interface PlayerStanding extends Position {
  total: number;
  entry: Entry;
  /** Percentage of players this one is level with or ahead of, itself included; the leader has 100. */
  percentile: number;
  /** The closest player ranked ahead, and the score between. */
  next: { player: string; rank: number; gap: number } | null;
  around: Entry[];
  stale?: true;
}

/** A player who was searched for. */
export interface PlayerMatch extends Pick<Entry, "player" | "name" | "score" | "tiebreaks"> {
  /** Null where the rank index could not answer. */
  rank: number | null;
}

export interface PlayerSearch {
  players: PlayerMatch[];
}

/** `renamed`: an item gave the player another name, without a score or with one that changed nothing. */
export type ScoreStatus = "applied" | "unchanged" | "renamed" | "rejected";

export interface ScoreResult {
  player: string | null;
  status: ScoreStatus;
  score: number | null;
  tiebreaks: (number | null)[] | null;
  /** Null where the rank index could not answer; the score is safe all the same. */
  rank: number | null;
  previousRank: number | null;
  error?: { code: string; detail: string };
}

export interface SubmitReply {
  board: string;
  epoch: string | null;
  version: number | null;
  /** How many of the results are rejected; left out when none is. */
  rejected?: number;
  results: ScoreResult[];
}

/** How many entries the stream covers. */
export const streamWindow = 100;

export function positionId({ epoch, version }: Position): string {
  return `${epoch}-${version}`;
}

/** Reads a `Last-Event-ID`; null when it was never one of ours. */
export function parsePositionId(id: string | null | undefined): Position | null {
  const match = /^([a-z0-9]{1,32})-(\d{1,16})$/.exec(id ?? "");
  return match?.[1] && match[2] ? { epoch: match[1], version: Number(match[2]) } : null;
}
