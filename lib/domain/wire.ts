/**
 * Writes the public JSON. Scores leave as exact decimal text, digit by digit from the scaled whole number, which
 * `JSON.stringify` of a float could not promise.
 */
import type { Board } from "./board";
import { boardView } from "./board";
import { formatDecimal } from "./decimal";
import type { RankedStanding, Standing } from "./ranking";
import { isMissing, type Values } from "./score";
import type { ItemErrorCode } from "./score-input";
import type { Position, ScoreStatus } from "./snapshot";

export interface SnapshotToEncode extends Position {
  board: Board;
  asOf: string;
  total: number;
  entries: readonly RankedStanding[];
  stale: boolean;
}

export function encodeSnapshot(snapshot: SnapshotToEncode): string {
  const { board, epoch, version, asOf, total, stale } = snapshot;
  const head = `"board":${JSON.stringify(boardView(board))},"epoch":"${epoch}","version":${version},"asOf":"${asOf}"`;
  const entries = snapshot.entries.map((entry) => encodeEntry(entry, board.decimals)).join(",");
  return `{${head},"total":${total},"entries":[${entries}]${stale ? ',"stale":true' : ""}}`;
}

export interface SummaryToEncode {
  board: Board;
  total: number;
  changedAt: Date | null;
  viewers: number;
  leader: RankedStanding | null;
  stale?: true | undefined;
}

export function encodeBoardList(boards: readonly SummaryToEncode[], total: number, next: string | null): string {
  const summaries = boards.map(({ board, leader, ...rest }) => {
    const members = JSON.stringify({ ...boardView(board), ...rest }).slice(1, -1);
    return `{${members},"leader":${leader ? encodeEntry(leader, board.decimals) : "null"}}`;
  });
  return `{"boards":[${summaries.join(",")}],"total":${total},"next":${JSON.stringify(next)}}`;
}

export function encodeEntry(entry: RankedStanding, decimals: number): string {
  return `{${entryMembers(entry, decimals)}}`;
}

export interface DeltaToEncode {
  from: number;
  to: number;
  total: number;
  changed: readonly { entry: RankedStanding; previousRank: number | null }[];
  removed: readonly string[];
}

export function encodeDelta(delta: DeltaToEncode, decimals: number): string {
  const changed = delta.changed.map(
    ({ entry, previousRank }) => `{${entryMembers(entry, decimals)},"previousRank":${previousRank}}`,
  );
  const head = `"from":${delta.from},"to":${delta.to},"total":${delta.total}`;
  return `{${head},"changed":[${changed.join(",")}],"removed":${JSON.stringify(delta.removed)}}`;
}

export interface PlayerToEncode extends Position {
  total: number;
  entry: RankedStanding;
  ahead: number;
  next: RankedStanding | null;
  around: readonly RankedStanding[];
  stale: boolean;
}

export function encodePlayer(found: PlayerToEncode, decimals: number): string {
  const { epoch, version, total, entry, next } = found;
  const percentile = Math.round((10_000 * (total - found.ahead)) / total) / 100;
  const around = found.around.map((one) => encodeEntry(one, decimals)).join(",");
  const head = `"epoch":"${epoch}","version":${version},"total":${total},"entry":${encodeEntry(entry, decimals)}`;
  const tail = `"next":${next ? encodeNext(entry, next, decimals) : "null"},"around":[${around}]`;
  return `{${head},"percentile":${percentile},${tail}${found.stale ? ',"stale":true' : ""}}`;
}

export function encodeSearch(found: readonly (Standing & { rank: number | null })[], decimals: number): string {
  const players = found.map(({ player, name, values, rank }) => {
    return `{${encodeWho(player, name)},${encodeValues(values, decimals)},"rank":${rank}}`;
  });
  return `{"players":[${players.join(",")}]}`;
}

/** A result of one posted score, in the order posted; `rejected` carries no numbers. */
export interface ResultToEncode {
  player: string | null;
  status: ScoreStatus;
  values: Values | null;
  rank: number | null;
  previousRank: number | null;
  error?: { code: ItemErrorCode; detail: string };
}

export function encodeSubmitReply(
  board: Pick<Board, "id" | "decimals">,
  position: Position | null,
  results: readonly ResultToEncode[],
): string {
  const rejected = results.filter(({ status }) => status === "rejected").length;
  const head = `"board":"${board.id}","epoch":${JSON.stringify(position?.epoch ?? null)},"version":${position?.version ?? null}`;
  return `{${head}${rejected > 0 ? `,"rejected":${rejected}` : ""},"results":[${results.map((result) => encodeResult(result, board.decimals)).join(",")}]}`;
}

function encodeResult(result: ResultToEncode, decimals: number): string {
  const numbers = result.values ? encodeValues(result.values, decimals) : '"score":null,"tiebreaks":null';
  const error = result.error ? `,"error":${JSON.stringify(result.error)}` : "";
  const ranks = `"rank":${result.rank},"previousRank":${result.previousRank}`;
  return `{"player":${JSON.stringify(result.player)},"status":"${result.status}",${numbers},${ranks}${error}}`;
}

function encodeNext(entry: RankedStanding, next: RankedStanding, decimals: number): string {
  // Two safe integers can be further apart than a safe integer says.
  const gap = BigInt(next.values[0] ?? 0) - BigInt(entry.values[0] ?? 0);
  const size = formatDecimal(gap < 0n ? -gap : gap, decimals);
  return `{"player":${JSON.stringify(next.player)},"rank":${next.rank},"gap":${size}}`;
}

function entryMembers(entry: RankedStanding, decimals: number): string {
  const { rank, position, player, name, values } = entry;
  return `"rank":${rank},"position":${position},${encodeWho(player, name)},${encodeValues(values, decimals)}`;
}

export function encodeWho(player: string, name: string): string {
  return `"player":${JSON.stringify(player)},"name":${JSON.stringify(name)}`;
}

export function encodeValues(values: Values, decimals: number): string {
  const [score = 0, ...tiebreaks] = values;
  const rest = tiebreaks.map((value) => (isMissing(value) ? "null" : formatDecimal(value, decimals))).join(",");
  return `"score":${formatDecimal(score, decimals)},"tiebreaks":[${rest}]`;
}
