/** How many watch a board, by how it is delivered to them. */
export interface ViewerCounts {
  polling: number;
  streaming: number;
}

/** Where instances tell each other their viewers. May be a few seconds late, and may fail. */
export interface ViewerExchange {
  /** This instance's viewers by board id; what is not told again is forgotten within 15 seconds. */
  tell(counts: ReadonlyMap<string, ViewerCounts>): Promise<void>;
  /** The other instances' viewers of these boards, all of them in the reply. */
  others(boardIds: readonly string[]): Promise<Map<string, ViewerCounts>>;
}
