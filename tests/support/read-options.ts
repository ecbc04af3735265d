import { type ParseArgsConfig, parseArgs } from "node:util";
import type { z } from "zod";

/** The options of a command line; throws an Error with a line for each that is wrong. */
export function readOptions<Schema extends z.ZodType>(
  args: string[],
  options: NonNullable<ParseArgsConfig["options"]>,
  schema: Schema,
): z.infer<Schema> {
  const read = schema.safeParse(parseArgs({ args, options }).values);
  if (read.success) return read.data;
  throw new Error(read.error.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`).join("\n"));
}
