/** Reads a command's arguments and reports every mistake at once, not only the first. */
import { parseArgs } from "node:util";
import type { z } from "zod";
import { inWords } from "@/lib/domain/issue-words";
import { type Command, UsageError } from "./command";
import { didYouMean } from "./suggestion";

export interface Arguments {
  positionals: string[];
  text(option: string): string | undefined;
  list(option: string): string[];
  given(option: string): boolean;
  /** The mistakes so far; `checked` throws them together with its own. */
  problems: string[];
}

export function parseArguments(command: Command, args: readonly string[]): Arguments {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(command.options).map(([name, { value }]) => [name, { type: value ? "string" : "boolean" }]),
    ),
  });
  const problems: string[] = [];
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const problem = optionProblem(command, token, values.has(token.name));
    if (problem) problems.push(problem);
    else values.set(token.name, [...(values.get(token.name) ?? []), token.value ?? ""]);
  }
  const missing = command.positionals.slice(positionals.length).map((name) => `${name} is missing`);
  const extra = positionals.slice(command.positionals.length).map((value) => `"${value}": one argument too many`);
  // After a mistyped option, one too many is most likely the option's value.
  problems.push(...missing, ...(problems.length === 0 ? extra : []));
  return {
    positionals,
    text: (option) => values.get(option)?.[0],
    list: (option) => values.get(option) ?? [],
    given: (option) => values.has(option),
    problems,
  };
}

/**
 * The candidate as `schema` reads it, or a `UsageError` with all mistakes.
 * @param label says how the user knows the value at a path of the candidate, for instance `--order`.
 */
export function checked<T>(
  args: Arguments,
  schema: z.ZodType<T>,
  candidate: unknown,
  label: (path: PropertyKey[]) => string,
): T {
  const parsed = schema.safeParse(candidate, inWords);
  const problems = [...args.problems];
  for (const issue of parsed.error?.issues ?? []) {
    const given = valueAt(candidate, issue.path);
    const name = label(issue.path);
    if (given === undefined && name !== "") {
      // A mistyped option's own line names the one that was meant.
      if (!args.problems.some((problem) => problem.includes(name))) problems.push(`${name} is missing`);
    } else {
      const hint = issue.code === "invalid_value" ? didYouMean(String(given), issue.values.map(String)) : "";
      problems.push(`${name ? `${name}: ` : ""}${issue.message}${hint}`);
    }
  }
  if (!parsed.success || problems.length > 0) throw new UsageError(problems);
  return parsed.data;
}

/** Text that may be a whole number as one; anything else is left for the schema to refuse. */
export function wholeNumber(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

interface OptionToken {
  name: string;
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}

function optionProblem(command: Command, token: OptionToken, seen: boolean): string | null {
  const option = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined;
  if (!option) {
    return `${token.rawName}: no such option${didYouMean(token.name, Object.keys(command.options), "--")}`;
  }
  if (seen && !option.repeatable) return `${token.rawName}: given twice`;
  if (!option.value) return token.value === undefined ? null : `${token.rawName}: takes no value`;
  const missing = token.value === undefined || (!token.inlineValue && token.value.startsWith("--"));
  return missing ? `${token.rawName}: needs a value (${option.value})` : null;
}

function valueAt(candidate: unknown, path: PropertyKey[]): unknown {
  return path.reduce((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], candidate);
}
