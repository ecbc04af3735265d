import { z } from "zod";
import { readOptions } from "@/tests/support/read-options";

const options = {
  seed: { type: "string" },
  minutes: { type: "string" },
  json: { type: "string" },
} as const;

const schema = z.object({
  /** Decides every request; by the clock when left out. */
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(0xffff_ffff)
    .default(() => Date.now() % 0xffff_ffff),
  minutes: z.coerce
    .number()
    .min(0.05)
    .max(24 * 60)
    .default(1),
  json: z.string().optional(),
});

export type FuzzArguments = z.infer<typeof schema>;

/** Throws an Error with a line for the user. */
export function readArguments(args: string[]): FuzzArguments {
  return readOptions(args, options, schema);
}
