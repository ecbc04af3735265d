/** What every part of the benchmark is, and what it gives. */
export interface BenchContext {
  /** Measured rounds per contender, alternating. */
  rounds: number;
  /** Only to see that everything runs: few, small, short; the figures mean nothing. */
  smoke: boolean;
  /** A built checkout of Rungs to compare with; this one again when none was given. */
  beside: string;
  /** A line of progress. */
  say(line: string): void;
}

export interface Part {
  name: string;
  /** One line: what is measured beside what. */
  what: string;
  run(context: BenchContext): Promise<BenchTable[]>;
}

/** Samples of one quantity for each contender. */
export interface BenchTable {
  title: string;
  unit: string;
  /** Which way is good. */
  better: "less" | "more";
  rows: BenchRow[];
  targets: Target[];
  /** What a reader has to know to read it right, e.g. that the load generator was the limit. */
  notes: string[];
}

export interface BenchRow {
  name: string;
  /** One for each round; empty where the contender could not be had, which `absent` explains. */
  samples: number[];
  absent?: string;
}

/** The median of one row, divided by that of another, is to be at least, or at most, so much; `to: null` means an absolute figure. */
export interface Target {
  of: string;
  to: string | null;
  bound: "at least" | "at most";
  ratio: number;
}
