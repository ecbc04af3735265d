/**
 * `npm run faults`: every fault with every seed against three instances under load, and a checker over what happened.
 * With `--pooler`, all instances reach Postgres through a PgBouncer in transaction mode, behind the links that fail.
 * With `--mutants`, the same against instances that each lack one safeguard, to see that the checker would tell.
 */
import { execFile } from "node:child_process";
import { mkdir, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type FaultArguments, readArguments } from "./arguments";
import { buildPrograms, type Programs } from "./build-programs";
import type { Fault } from "./fault";
import { faults } from "./faults";
import type { Mutant } from "./mutant";
import { mutants } from "./mutants";
import { type RunResult, run } from "./run";
import { type Stores, startStores } from "./stores";
import { table } from "./table";

interface Done extends RunResult {
  fault: string;
  seed: number;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);
/** What is found is kept here; what is not leaves nothing. */
const keptIn = join(tmpdir(), `rungs-faults-found-${process.pid}`);
let stopping = false;

const given = argumentsOrExit();
if (given.pooler && !(await isInstalled("pgbouncer"))) {
  say("Skipped: --pooler needs pgbouncer on the PATH.");
  process.exit(0);
}
const stores = await startStores(given);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1);
    stopping = true;
    say("Stopping after this run; once more to stop at once.");
  });
}
let code = 1;
try {
  code = await (given.mutants ? runMutants() : runFaults());
} finally {
  await stores.stop();
  // Stays when something is kept in it.
  await rmdir(keptIn).catch(() => undefined);
}
process.exit(code);

async function runFaults(): Promise<number> {
  const pooler = given.pooler ? " --pooler" : "";
  say(
    `Seeds ${given.seeds.at(0)} to ${given.seeds.at(-1)}: --seed ${given.seeds[0]} --seeds ${given.seeds.length}${pooler}`,
  );
  const programs = await buildPrograms(null);
  const done: Done[] = [];
  const skipped: string[][] = [];
  for (const fault of given.faults) {
    const reason = fault.unavailable?.(stores);
    if (reason) {
      say(`${fault.name}: skipped, it ${reason}`);
      skipped.push([fault.name, "skipped", reason]);
      continue;
    }
    for (const seed of given.seeds) if (!stopping) done.push(await runOnce(fault, seed, programs, stores, null));
  }
  const rows = given.faults.flatMap(({ name }) => {
    const runs = done.filter(({ fault }) => fault === name);
    const found = runs.reduce((sum, { violations }) => sum + violations.length, 0);
    return runs.length === 0 ? [] : [[name, String(runs.length), String(found)]];
  });
  const posts = done.reduce((sum, one) => sum + one.posts, 0);
  say(`\n${table(["fault", "runs", "violations"], [...rows, ...skipped])}`);
  const bad = done.filter(({ violations }) => violations.length > 0);
  say(`\n${done.length} runs, ${posts} posts, ${bad.length} runs with violations`);
  await report({ ...given, faults: undefined, runs: done });
  return bad.length === 0 && done.length > 0 ? 0 : 1;
}

async function runMutants(): Promise<number> {
  const rows: string[][] = [];
  for (const mutant of mutants) {
    const fault = given.faults.find(({ name }) => name === mutant.fault);
    if (!fault) continue;
    const programs = await buildPrograms(mutant);
    const found = new Map<string, number>();
    let runs = 0;
    for (const seed of given.seeds) {
      if (stopping || found.size > 0) break;
      runs++;
      const { violations } = await runOnce(fault, seed, programs, stores, mutant);
      for (const { invariant } of violations) {
        // A fault that missed shows nothing of the safeguard.
        if (invariant !== "fault felt") found.set(invariant, (found.get(invariant) ?? 0) + 1);
      }
    }
    const invariants = [...found].map(([invariant, count]) => `${invariant} (${count})`).join(", ");
    rows.push([mutant.name, fault.name, found.size > 0 ? "yes" : "no", invariants, String(runs)]);
  }
  say(`\n${table(["mutant", "found by", "caught?", "what was violated", "runs"], rows)}`);
  await report({ mutants: rows });
  return rows.every(([, , caught]) => caught === "yes") ? 0 : 1;
}

async function runOnce(
  fault: Fault,
  seed: number,
  programs: Programs,
  on: Stores,
  mutant: Mutant | null,
): Promise<Done> {
  const name = mutant ? `${mutant.name}: ${fault.name}` : fault.name;
  const folder = join(keptIn, `${name.replaceAll(/[^a-z0-9]+/gi, "-")}-${seed}`);
  await mkdir(folder, { recursive: true });
  const gapCheck = mutant?.viewer !== "no gap check";
  const result = await run({
    fault,
    seed,
    stores: on,
    programs,
    seconds: given.seconds,
    gapCheck,
    folder,
    keep: given.keep,
  });
  const { violations, ways, ms, posts, historyPath } = result;
  const outcome = violations.length === 0 ? "ok" : `${violations.length} violations, ${historyPath}`;
  say(`${name}, seed ${seed} (${ways.front}, ${ways.redis}): ${posts} posts, ${(ms / 1_000).toFixed(1)} s, ${outcome}`);
  for (const { invariant, detail } of violations.slice(0, 8)) say(`    ${invariant}: ${detail}`);
  return { fault: fault.name, seed, ...result };
}

function isInstalled(program: string): Promise<boolean> {
  return promisify(execFile)(program, ["--version"]).then(
    () => true,
    () => false,
  );
}

async function report(content: object): Promise<void> {
  if (given.json) await writeFile(given.json, `${JSON.stringify(content, null, 2)}\n`);
}

function argumentsOrExit(): FaultArguments {
  try {
    return readArguments(process.argv.slice(2), faults);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}
