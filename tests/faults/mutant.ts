/** A piece of a source file that is there exactly once, and what takes its place. */
export interface Patch {
  file: string;
  find: string;
  replace: string;
}

/** Rungs with one safeguard less each, and the fault that has to bring that to light. */
export interface Mutant {
  name: string;
  fault: string;
  /** What is taken out of the source while it is bundled. */
  patches?: readonly Patch[];
  /** Taken out of the viewers of the runner instead. */
  viewer?: "no gap check";
}
