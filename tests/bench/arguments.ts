import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

export interface Arguments {
  /** Names of parts; all of them when empty. */
  parts: string[];
  rounds: number;
  smoke: boolean;
  /** A built checkout of Rungs to compare with; this one when left out. */
  beside: string;
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
      beside: { type: "string", default: "." },
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
  const beside = resolve(values.beside);
  if (!existsSync(join(beside, "scripts", "start.mjs")))
    throw new Error("--beside takes the folder of a checkout of Rungs");
  return { parts: positionals, rounds, smoke, beside, json, write };
}
