/** The `rungs` tool: finds the command, and turns every failure into plain words and an exit code. */
import { isRungsError } from "@/lib/domain/errors";
import { version } from "@/package.json";
import { parseArguments } from "./arguments";
import { backup } from "./backup";
import { boardCreate, boardDelete, boardList, boardSet } from "./board";
import { type Command, commandHelp, toolHelp, UsageError } from "./command";
import { keyCreate, keyList, keyRevoke } from "./key";
import { replay } from "./replay";
import { restore } from "./restore";
import { didYouMean } from "./suggestion";

const commands = [
  keyCreate,
  keyList,
  keyRevoke,
  boardCreate,
  boardList,
  boardSet,
  boardDelete,
  backup,
  restore,
  replay,
];

const exitFailure = 1;
const exitUsage = 2;

/** Resolves to the exit code: 0 done, 1 failed, 2 typed wrong, 130 interrupted. */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === "--version") return print(`rungs ${version}`);
  const words = argv.slice(0, 2).filter((word) => !word.startsWith("-"));
  const command =
    commands.find(({ name }) => name === words.join(" ")) ?? commands.find(({ name }) => name === words[0]);
  const wantsHelp = argv.includes("--help") || argv.includes("-h");
  if (!command) return withoutCommand(words, wantsHelp);
  if (wantsHelp) return print(commandHelp(command));
  try {
    return await command.run(parseArguments(command, argv.slice(command.name.split(" ").length)));
  } catch (error) {
    return report(command, error);
  }
}

function withoutCommand(words: string[], wantsHelp: boolean): number {
  const ofNoun = commands.filter(({ name }) => name.split(" ")[0] === words[0]);
  const help = toolHelp(ofNoun.length > 0 ? ofNoun : commands);
  if (wantsHelp || words[0] === "help") return print(help);
  const [noun, verb] = words;
  if (noun === undefined || (ofNoun.length > 0 && verb === undefined)) {
    complain(help);
  } else {
    const typed = words.join(" ");
    const names = commands.map(({ name }) => name);
    complain(`rungs ${typed}: no such command${didYouMean(typed, names) || didYouMean(noun, names)}`);
    complain("See: npm run -s rungs -- --help");
  }
  return exitUsage;
}

function report(command: Command, error: unknown): number {
  if (error instanceof UsageError) {
    for (const problem of error.problems) complain(`rungs ${command.name}: ${problem}`);
    complain(`See: npm run -s rungs -- ${command.name} --help`);
    return exitUsage;
  }
  const message = error instanceof Error ? error.message : String(error);
  complain(`rungs ${command.name}: ${message}`);
  if (isRungsError(error)) for (const { pointer, detail } of error.errors) complain(`  ${pointer} ${detail}`);
  return exitFailure;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
