export const rounds = 5;

export interface Figure {
  median: number;
  low: number;
  high: number;
}

function figure(samples: readonly number[]): Figure {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (i: number) => sorted[i] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    low: at(0),
    high: at(sorted.length - 1),
  };
}

/** A table with a row for each contender, the ratio to the last of them included. */
export function printTable(title: string, unit: string, rows: Record<string, number[]>): void {
  const figures = Object.entries(rows).map(([name, samples]) => ({ name, ...figure(samples) }));
  const base = figures.at(-1)?.median ?? Number.NaN;
  const lines = figures.map(({ name, median, low, high }) => {
    const range = `${format(low)} to ${format(high)}`;
    return `  ${name.padEnd(34)} ${format(median).padStart(9)} ${unit}  (${range})  ${(median / base).toFixed(2)} x`;
  });
  process.stdout.write(`\n${title}\n${lines.join("\n")}\n`);
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
