import { parseArgs } from "node:util";

export interface Arguments {
  /** Names of parts; all of them when empty. */
  parts: string[];
  rounds: number;
  smoke: boolean;
  /** Where to write the results as JSON. */
  json: string | undefined;
  /** Whether docs/performance.md and its charts are to show this run. */
  write: boolean;
}

/** Throws with one line on what was typed wrong. */
export function readArguments(args: string[]): Arguments {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: "string" },
      rounds: { type: "string" },
      smoke: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const { json, smoke, write } = values;
  const rounds = Number(values.rounds ?? (smoke ? 1 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds takes a whole number from 1");
  if (smoke && write) throw new Error("--smoke gives no figures that --write could show");
  return { parts: positionals, rounds, smoke, json, write };
}
