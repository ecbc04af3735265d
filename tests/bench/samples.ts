/** Samples by contender, in the order in which contenders were first seen, and how they become a table. */
import type { BenchRow, BenchTable } from "./part";

export class Samples {
  readonly #rows = new Map<string, number[]>();

  /** Null: the system does not tell. */
  add(contender: string, sample: number | null): void {
    const samples = this.#rows.get(contender) ?? [];
    if (sample !== null) samples.push(sample);
    this.#rows.set(contender, samples);
  }

  table(
    head: Pick<BenchTable, "title" | "unit" | "better">,
    { targets = [], notes = [] }: Partial<Pick<BenchTable, "targets" | "notes">> = {},
  ): BenchTable {
    const rows = [...this.#rows].map(([name, samples]): BenchRow => {
      return samples.length > 0 ? { name, samples } : { name, samples, absent: "the system does not tell" };
    });
    return { ...head, rows, targets, notes };
  }
}
