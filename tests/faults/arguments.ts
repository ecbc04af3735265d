import { parseArgs } from "node:util";
import { z } from "zod";
import type { Fault } from "./fault";

export interface FaultArguments {
  faults: Fault[];
  seeds: number[];
  seconds: number;
  /** Undefined: no report in a file. */
  json: string | undefined;
  mutants: boolean;
  /** Instances reach Postgres through a PgBouncer in transaction mode. */
  pooler: boolean;
  /** Histories are kept of good runs, too. */
  keep: boolean;
}

const options = {
  seeds: { type: "string" },
  seed: { type: "string" },
  only: { type: "string" },
  seconds: { type: "string" },
  json: { type: "string" },
  mutants: { type: "boolean" },
  pooler: { type: "boolean" },
  keep: { type: "boolean" },
} as const;

const whole = z.coerce.number().int();
const schema = z.object({
  seeds: whole.min(1).max(1_000).default(1),
  seed: whole.min(0).optional(),
  only: z.string().optional(),
  seconds: z.coerce.number().min(0.5).max(60).default(3.5),
  json: z.string().optional(),
  mutants: z.boolean().default(false),
  pooler: z.boolean().default(false),
  keep: z.boolean().default(false),
});

/** Throws an Error with a line for the user. */
export function readArguments(args: string[], faults: readonly Fault[]): FaultArguments {
  const given = schema.parse(parseArgs({ args, options }).values);
  const first = given.seed ?? Math.floor(Math.random() * 1_000_000);
  const names = given.only?.split(",").map((name) => name.trim()) ?? faults.map(({ name }) => name);
  const unknown = names.filter((name) => !faults.some((fault) => fault.name === name));
  if (unknown.length > 0) {
    const known = faults.map(({ name }) => name).join(", ");
    throw new Error(`There is no fault ${unknown.join(", ")}; there are ${known}.`);
  }
  return {
    faults: faults.filter(({ name }) => names.includes(name)),
    seeds: Array.from({ length: given.seeds }, (_, i) => first + i),
    seconds: given.seconds,
    json: given.json,
    mutants: given.mutants,
    pooler: given.pooler,
    keep: given.keep,
  };
}
