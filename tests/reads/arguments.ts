import { z } from "zod";
import { readOptions } from "@/tests/support/read-options";

const options = {
  minutes: { type: "string" },
  heap: { type: "string" },
  seed: { type: "string" },
  connections: { type: "string" },
} as const;

const schema = z.object({
  minutes: z.coerce
    .number()
    .min(0.2)
    .max(24 * 60)
    .default(10),
  /** Of the server, in MB. */
  heap: z.coerce.number().int().min(128).max(8_192).default(256),
  /** Decides every request, but not when it is sent. */
  seed: z.coerce.number().int().min(0).max(0xffff_ffff).default(1),
  connections: z.coerce.number().int().min(1).max(500).default(8),
});

export type ReadsArguments = z.infer<typeof schema>;

/** Throws an Error with a line for the user. */
export function readArguments(args: string[]): ReadsArguments {
  return readOptions(args, options, schema);
}
