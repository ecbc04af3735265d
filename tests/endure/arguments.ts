import { z } from "zod";
import { readOptions } from "@/tests/support/read-options";

const options = {
  minutes: { type: "string" },
  speed: { type: "string" },
  restarts: { type: "string" },
  json: { type: "string" },
} as const;

const schema = z.object({
  /** How long the page is watched. */
  minutes: z.coerce
    .number()
    .min(0.2)
    .max(24 * 60)
    .default(10),
  /** How many times faster than the contest was. */
  speed: z.coerce.number().min(1).max(10_000).default(60),
  /** How the server is ended each time, spread evenly over the minutes. */
  restarts: z
    .string()
    .default("TERM,KILL")
    .transform((text) => text.split(",").filter((name) => name !== ""))
    .pipe(z.array(z.enum(["TERM", "KILL"]))),
  json: z.string().optional(),
});

export type EndureArguments = z.infer<typeof schema>;

/** Throws an Error with a line for the user. */
export function readArguments(args: string[]): EndureArguments {
  return readOptions(args, options, schema);
}
