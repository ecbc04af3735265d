/** What is asked of a board in the part `scale`, of Rungs as its routes do and of SQL. */
import type { Board } from "@/lib/domain/board";
import { readPlayer } from "@/lib/leaderboard/read-player";
import { readSnapshot } from "@/lib/leaderboard/read-snapshot";
import type { Services } from "@/lib/services";
import type { SqlBoard } from "./sql-board";

export interface Size {
  players: number;
  label: string;
  board: Board;
  peer: SqlBoard;
}

export interface Operation {
  title: string;
  rungs(size: Size, player: number): Promise<unknown>;
  sql(size: Size, player: number): Promise<unknown>;
  /** How many times as long SQL is to take at 1 million. */
  ahead?: number;
}

/** Players shown on either side of one. */
export const side = 5;
const pageSize = 100;

export function operations(services: Services): Operation[] {
  let growth = 0;
  const offsets: [string, (players: number) => number][] = [
    ["at the top", () => 0],
    ["half way", (players) => Math.floor(players / 2)],
    ["at the end", (players) => players - pageSize],
  ];
  // Far above everything there is, and growing: every post is an improvement that takes the player to the top.
  const next = (): readonly [number, number, number] => [1_000_000 + ++growth, 0, 0];
  return [
    {
      title: "Rank of a player",
      rungs: ({ board }, player) => readPlayer(services, board, `player-${player}`, 0),
      sql: ({ peer }, player) => peer.rank(`player-${player}`),
    },
    {
      title: `A player with ${side} on either side`,
      rungs: ({ board }, player) => readPlayer(services, board, `player-${player}`, side),
      sql: ({ peer }, player) => peer.around(`player-${player}`, side),
      ahead: 50,
    },
    ...offsets.map(
      ([where, at]): Operation => ({
        title: `Page of ${pageSize} ${where}`,
        rungs: ({ board, players }) => readSnapshot(services, board, at(players), pageSize),
        sql: ({ peer, players }) => peer.page(at(players), pageSize),
      }),
    ),
    {
      title: "A lone post, durable and answered",
      rungs: ({ board }, player) => {
        const items = [{ player: `player-${player}`, name: undefined, values: [...next()] }];
        return services.writer.write(board, { items, idempotency: null });
      },
      sql: ({ peer }, player) => peer.post(`player-${player}`, next()),
    },
  ];
}
