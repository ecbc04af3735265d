import type { cpuSecondsApart } from "./cpu";
import { Samples } from "./samples";

/** Processor time that work takes, of the program that does it and of the stores, in microseconds for each thing done. */
export class CpuSamples {
  readonly program = new Samples();
  readonly stores = new Samples();

  /**
   * Does the work and takes a sample of it.
   * @param read seconds used so far
   * @param count how many things the work has done
   */
  async during<Result>(
    contender: string,
    read: () => ReturnType<typeof cpuSecondsApart>,
    work: () => Promise<Result>,
    count: (result: Result) => number,
  ): Promise<Result> {
    const before = read();
    const result = await work();
    const after = read();
    for (const of of ["program", "stores"] as const) {
      const [early, late] = [before[of], after[of]];
      this[of].add(contender, early === null || late === null ? null : ((late - early) * 1e6) / count(result));
    }
    return result;
  }
}
