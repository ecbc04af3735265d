/** The real contest that comes with Rungs, and how it has to end. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Entry, Snapshot } from "@/lib/domain/snapshot";

export const contestDir = "demo/icpc-2023-asia-online-1";
/** How many first accepted submissions it has, each of which is one posted score. */
export const contestScores = 9115;

/** What the rules decide about an entry; the order among those who tie is the board's own. */
export type Placing = Pick<Entry, "player" | "rank" | "score" | "tiebreaks">;

/** Computed apart from Rungs. By rank, those who tie by player. */
export function expectedPlacings(): Placing[] {
  const text = gunzipSync(readFileSync(`${contestDir}/expected-standings.ndjson.gz`)).toString("utf8");
  const lines = text.trimEnd().split("\n");
  return inOrder(
    lines.map((line) => {
      const { rank, team, solved, penalty, lastAcceptedAt } = JSON.parse(line);
      return { player: team, rank, score: solved, tiebreaks: [penalty, lastAcceptedAt] };
    }),
  );
}

export function placings(entries: readonly Entry[]): Placing[] {
  return inOrder(entries.map(({ player, rank, score, tiebreaks }) => ({ player, rank, score, tiebreaks })));
}

/** The whole board, as a viewer would page through it. */
export async function readBoard(url: string, board: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let total = 1; entries.length < total; ) {
    const response = await fetch(`${url}/api/v1/boards/${board}?limit=1000&offset=${entries.length}`);
    if (!response.ok) throw new Error(`reading ${board} gave ${response.status}`);
    const snapshot = (await response.json()) as Snapshot;
    if (snapshot.entries.length === 0) return entries;
    total = snapshot.total;
    entries.push(...snapshot.entries);
  }
  return entries;
}

function inOrder(rows: Placing[]): Placing[] {
  return rows.sort((a, b) => a.rank - b.rank || (a.player < b.player ? -1 : 1));
}
