/** `npm run endure`; docs/reliability.md tells of it. Exits with 1 when anything was not as it has to be. */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@/lib/embedded/free-port";
import { type EndureArguments, readArguments } from "./arguments";
import { type Endured, endure } from "./run";
import { type Server, startServer } from "./server";

const say = (line: string) => void process.stdout.write(`${line}\n`);
const given = argumentsOrExit();
const problems: string[] = [];
const folder = await mkdtemp(join(tmpdir(), "rungs-endure-"));
// Postgres, which root does not run, has to come through.
await chmod(folder, 0o711);
let server: Server | null = null;

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void end(1));
try {
  server = await startServer({
    folder,
    port: await freePort(),
    onCrash: (how) => problems.push(`the server ended by itself (${how})`),
  });
  const endured = await endure(given, server, folder, problems, say);
  tell(endured);
  if (given.json) await writeFile(given.json, `${JSON.stringify(endured, null, 2)}\n`);
  await end(endured.problems.length === 0 ? 0 : 1);
} catch (error) {
  say([...problems, error instanceof Error ? error.stack : String(error), server?.output()].join("\n"));
  await end(1);
}

function tell({ growth, restarts, played, rows, problems: found }: Endured): void {
  const share = (factor: number | null) => (factor === null ? "too short to tell" : `${(factor * 100).toFixed(1)} %`);
  say(`\nThe contest was played ${played} times to its end; the server was started ${restarts.length} times again.`);
  say(
    `Of what the page held after a third of the time it holds, in the last minute: heap ${share(growth.heapBytes)}, `,
  );
  say(`nodes ${share(growth.nodes)}, listeners ${share(growth.listeners)}.`);
  say(`${rows.shown} places of the page and ${rows.board} of the board were compared with the contest's.`);
  say(found.length === 0 ? "All as it has to be." : `Not as it has to be:\n${found.join("\n")}`);
}

async function end(code: number): Promise<never> {
  await server?.end("SIGTERM");
  await rm(folder, { recursive: true, force: true });
  process.exit(code);
}

function argumentsOrExit(): EndureArguments {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}
