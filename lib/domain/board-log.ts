/**
 * Identifies a board's log of standings changes. Each commit's digest covers the digest before it, so equal digests at
 * the same event mean the same history. A rank index built from one history is never continued by another, such as that
 * of a database restored from a backup.
 */
/** The changes of one commit: all between two points of the board's log, each named by event number and digest. */
export interface LogStep {
  after: number;
  afterDigest: string;
  through: number;
  digest: string;
}

/** A board's standings in short: two that agree in all of it are the same, entry by entry. */
export interface LogSummary {
  /** Number of the last event or rename that changed a standing. */
  lastChange: number;
  /** Of the log up to that event. */
  digest: string;
  /** How many players have a standing. */
  players: number;
  /** Sum over all players of the number of the event that changed them last, modulo `seqSumModulus`. */
  seqSum: number;
}

/** The same of a rank index, which is complete up to the event `through`. */
export interface IndexedLog {
  through: number;
  digest: string;
  total: number;
  seqSum: number;
}

/**
 * How a rank index compares with a log that was read after it. `behind`: changes are on their way to it, or lost;
 * `foreign`: it was built from another history; `wrong`: it lacks changes it claims to have, or has others.
 */
export function compareWithLog(index: IndexedLog, log: LogSummary): "same" | "behind" | "foreign" | "wrong" {
  if (index.through < log.lastChange) return "behind";
  if (index.through > log.lastChange || index.digest !== log.digest) return "foreign";
  return index.total === log.players && index.seqSum === log.seqSum ? "same" : "wrong";
}

/**
 * Sums of event numbers are kept modulo this, so that they are exact in a double. Within one history a player's number
 * only grows, so a sum that lacks any change is smaller than the whole.
 */
export const seqSumModulus = 2 ** 50;

/** Moves a sum of event numbers by the difference of two numbers, or of two sums. Never negative. */
export function movedSeqSum(sum: number, added: number, removed = 0): number {
  const moved = (sum + (added % seqSumModulus) - (removed % seqSumModulus)) % seqSumModulus;
  return moved < 0 ? moved + seqSumModulus : moved;
}
