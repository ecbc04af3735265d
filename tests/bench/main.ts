/**
 * Rungs' production server beside its peers, on one machine, alternating in one run. Figures are medians over the rounds
 * with their range; what counts are the ratios, since machines differ and are shared.
 */
import { writeFile } from "node:fs/promises";
import { readArguments } from "./arguments";
import { writeDocument } from "./document";
import type { Part } from "./part";
import { attack } from "./parts/attack";
import { boards } from "./parts/boards";
import { builds } from "./parts/builds";
import { fresh } from "./parts/fresh";
import { ladder } from "./parts/ladder";
import { page } from "./parts/page";
import { polls } from "./parts/polls";
import { rebuild } from "./parts/rebuild";
import { scale } from "./parts/scale";
import { start } from "./parts/start";
import { streams } from "./parts/streams";
import { writes } from "./parts/writes";
import { printTable } from "./print-table";
import { stopAll } from "./processes";
import { headOf, newReport } from "./report";

const usual: readonly Part[] = [polls, streams, fresh, boards, page, ladder, writes, scale, rebuild, start, attack];
/** With those that run only when they are named. */
const parts: readonly Part[] = [...usual, builds];

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => void stopAll().then(() => process.exit(code)));
}
process.once("uncaughtException", (error) => {
  console.error(error);
  void stopAll().then(() => process.exit(1));
});
process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  const options = parsed(args);
  if (!options) return 2;
  const report = await newReport(args, options);
  process.stdout.write(`${headOf(report)}\n${report.command}, ${options.rounds} rounds\n`);
  let failed = false;
  const named = parts.filter(({ name }) => options.parts.includes(name));
  for (const part of options.parts.length === 0 ? usual : named) {
    process.stdout.write(`\n== ${part.name}: ${part.what}\n`);
    const startedAt = performance.now();
    const say = (line: string) => void process.stderr.write(`  ${line}\n`);
    try {
      const tables = await part.run({ rounds: options.rounds, smoke: options.smoke, beside: options.beside, say });
      tables.forEach(printTable);
      const seconds = (performance.now() - startedAt) / 1000;
      report.parts.push({ name: part.name, what: part.what, seconds, tables });
    } catch (error) {
      failed = true;
      console.error(`${part.name} failed:`, error);
    } finally {
      await stopAll();
    }
  }
  if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.write) await writeDocument(report);
  return failed ? 1 : 0;
}

function parsed(args: string[]) {
  try {
    const options = readArguments(args);
    const unknown = options.parts.filter((name) => !parts.some((part) => part.name === name));
    if (unknown.length === 0) return options;
    throw new Error(`There is no part ${unknown.join(", ")}; there are ${parts.map(({ name }) => name).join(", ")}.`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return null;
  }
}
