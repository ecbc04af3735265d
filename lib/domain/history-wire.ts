/** Writes the JSON of what has been; scores as exact decimals, like lib/domain/wire.ts. */
import { type Board, boardView } from "./board";
import { formatDecimal } from "./decimal";
import type { Point } from "./history";
import type { RankedStanding } from "./ranking";
import type { Values } from "./score";
import type { Position } from "./snapshot";
import { encodeEntry, encodeValues, encodeWho } from "./wire";

export interface EventsToEncode {
  player: string;
  events: readonly { seq: number; at: number; posted: Values; applied: boolean; after: Values }[];
  next: number | null;
  complete: boolean;
}

export function encodeEvents({ player, events, next, complete }: EventsToEncode, decimals: number): string {
  const list = events.map(({ seq, at, posted, applied, after }) => {
    const what = `"seq":${seq},"at":"${iso(at)}",${encodeValues(posted, decimals)}`;
    return `{${what},"applied":${applied},"after":{${encodeValues(after, decimals)}}}`;
  });
  return `{"player":${JSON.stringify(player)},"events":[${list.join(",")}],"next":${next},"complete":${complete}}`;
}

export interface HistoryToEncode {
  player: string;
  points: readonly Point[];
  ranks: readonly Point[] | null;
  complete: boolean;
}

export function encodeHistory({ player, points, ranks, complete }: HistoryToEncode, decimals: number): string {
  const scores = `"points":${encodePoints(points, decimals)},"ranks":${ranks && encodePoints(ranks, 0)}`;
  return `{"player":${JSON.stringify(player)},${scores},"complete":${complete}}`;
}

export interface PastBoardToEncode {
  board: Board;
  at: number | null;
  seq: number;
  total: number;
  entries: readonly RankedStanding[];
}

export function encodePastBoard({ board, at, seq, total, entries }: PastBoardToEncode): string {
  const head = `"board":${JSON.stringify(boardView(board))},"at":${at === null ? null : `"${iso(at)}"`},"seq":${seq}`;
  return `{${head},"total":${total},"entries":[${entries.map((entry) => encodeEntry(entry, board.decimals)).join(",")}]}`;
}

export interface TimelineToEncode {
  from: number | null;
  to: number | null;
  events: number;
  seq: number;
  marks: readonly Point[];
  complete: boolean;
}

export function encodeTimeline({ from, to, ...rest }: TimelineToEncode): string {
  const moment = (at: number | null) => (at === null ? null : iso(at));
  return JSON.stringify({ from: moment(from), to: moment(to), ...rest });
}

export interface RaceToEncode extends Position {
  players: readonly { player: string; name: string; points: readonly Point[] }[];
  complete: boolean;
}

export function encodeRace({ epoch, version, players, complete }: RaceToEncode, decimals: number): string {
  const list = players.map(({ player, name, points }) => {
    return `{${encodeWho(player, name)},"points":${encodePoints(points, decimals)}}`;
  });
  return `{"epoch":"${epoch}","version":${version},"players":[${list.join(",")}],"complete":${complete}}`;
}

function encodePoints(points: readonly Point[], decimals: number): string {
  return `[${points.map(([at, value]) => `[${at},${formatDecimal(value, decimals)}]`).join(",")}]`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
