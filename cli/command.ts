/** What a command of the `rungs` tool is made of, and its help text. */
import type { Arguments } from "./arguments";

export interface Option {
  /** What stands for the value in the help text; none means a switch. */
  value?: string;
  /** May be given more than once. */
  repeatable?: boolean;
  help: string;
}

export interface Command {
  /** As typed, for instance `board create`. */
  name: string;
  /** A line for the list of commands. */
  summary: string;
  /** What else its own help text says. */
  details?: string;
  /** Names of the arguments that are not options, all required. */
  positionals: string[];
  options: Record<string, Option>;
  example: string;
  /** Resolves to the exit code. Throws `UsageError` for what was typed wrong. */
  run(args: Arguments): Promise<number>;
}

/** Ends the command with exit code 2, each problem on a line of its own. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** Ends the command with exit code 1 and this one message. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

export function commandHelp(command: Command): string {
  const options: [string, string][] = Object.entries(command.options).map(([name, option]) => [
    `--${name}${option.value ? ` ${option.value}` : ""}`,
    option.help + (option.repeatable ? " (repeatable)" : ""),
  ]);
  options.push(["--help", "shows this text"]);
  return [
    `Usage: rungs ${[command.name, ...command.positionals].join(" ")} [options]`,
    "",
    command.summary,
    ...(command.details ? [command.details] : []),
    "",
    "Options:",
    ...columns(options),
    "",
    "Example:",
    `  npm run -s rungs -- ${command.example}`,
  ].join("\n");
}

export function toolHelp(commands: readonly Command[]): string {
  return [
    "Usage: rungs COMMAND [options]",
    "",
    "Commands:",
    ...columns(commands.map(({ name, positionals, summary }) => [[name, ...positionals].join(" "), summary])),
    "",
    "`rungs COMMAND --help` tells more. All but `replay` act on the database of the server that runs on DATA_DIR, on the",
    "one that DATABASE_URL names, or else on the one in DATA_DIR; `replay` speaks HTTP to a server.",
  ].join("\n");
}

function columns(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
