/**
 * `npm run fuzz`: random bad requests over everything a server answers, from a seed and for some minutes. The same process is
 * alive at the end, no reply is a 5xx but 503, every refusal of the API is a problem, and memory stays flat within a tenth.
 * Every run adds a line to `.fuzz.ndjson`; the sum of all of them is printed.
 */
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@/lib/embedded/free-port";
import { firstLinkIn } from "@/tests/support/join-links";
import { seededRandom } from "@/tests/support/seeded-random";
import { type FuzzArguments, readArguments } from "./arguments";
import { makeBodies } from "./bodies";
import { alone, pipeline, shout } from "./connections";
import { Judge } from "./judge";
import { Requests } from "./requests";
import { type Server, startServer } from "./server";
import { fillSite, publicUrl } from "./site";

const ledger = ".fuzz.ndjson";
/** Parts of a run, with memory measured between them; in the first, caches fill. */
const parts = 4;
const pipelines = 24;
const lone = 4;
const shouting = 4;
/** Memory of a shorter run is that of caches that fill. */
const judgedFromMinutes = 4;
const growthMax = 1.1;
/** What costs the server time is to be reached, and not refused. */
const allOfItsTime = { READ_PERCENT: "100", READ_PERCENT_PER_ADDRESS: "100" };

const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Result {
  at: string;
  seed: number;
  minutes: number;
  requests: number;
  replies: number;
  liveBytes: number[];
  violations: string[];
}

async function run({ seed, minutes }: FuzzArguments): Promise<Result & { table: string }> {
  const folder = await mkdtemp(join(tmpdir(), "rungs-fuzz-"));
  const server = await startServer(folder, await freePort(), { ...allOfItsTime, PUBLIC_URL: publicUrl });
  try {
    const site = await fillSite(`http://localhost:${server.port}`, firstLinkIn(server.output()));
    const judge = new Judge();
    const random = seededRandom(seed);
    const bodies = makeBodies(seed);
    const liveBytes: number[] = [];
    for (let part = 0; part < parts && server.isAlive(); part++) {
      await attack(server, judge, (minutes * 60_000) / parts, () => new Requests(random.fork(), site, bodies));
      if (server.isAlive()) liveBytes.push(await server.liveBytes());
      say(`${judge.requests} requests, ${judge.replies} replies, ${(liveBytes.at(-1) ?? 0) >> 20} MB live`);
    }
    const violations = [...judge.violations, ...verdict(server, judge, minutes, liveBytes)];
    const { requests, replies } = judge;
    const at = new Date().toISOString();
    return { at, seed, minutes, requests, replies, liveBytes, violations, table: judge.table() };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function attack(server: Server, judge: Judge, ms: number, make: () => Requests): Promise<void> {
  const until = performance.now() + ms;
  const target = { port: server.port, judge, isOver: () => performance.now() > until || !server.isAlive() };
  const many = (count: number, begin: (requests: Requests, i: number) => Promise<void>) =>
    Array.from({ length: count }, (_, i) => begin(make(), 1_000 * i));
  await Promise.all([
    ...many(pipelines, (requests, i) => pipeline(target, () => requests.framed(), i)),
    ...many(lone, (requests, i) => alone(target, () => requests.lone(), i)),
    ...many(shouting, (requests, i) => shout(target, () => requests.broken(), i)),
  ]);
}

function verdict(server: Server, judge: Judge, minutes: number, liveBytes: number[]): string[] {
  const found: string[] = [];
  if (!server.isAlive()) found.push(`the server ended:\n${server.output().slice(-4_000)}`);
  const logged = /^.*"msg":"request failed".*$/m.exec(server.output())?.[0];
  if (logged) found.push(`a failure in the log: ${logged.slice(0, 2_000)}`);
  const [warm = 0, ...later] = liveBytes;
  const growth = Math.max(...later) / warm;
  if (minutes >= judgedFromMinutes && growth > growthMax) found.push(`memory grew to ${growth.toFixed(2)} times`);
  const unreached = judge.unreached();
  if (unreached.length > 0) found.push(`never reached: ${unreached.join(", ")}`);
  return found;
}

async function addUp(): Promise<string> {
  const runs = (await readFile(ledger, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Result);
  const sum = runs.reduce((total, { requests }) => total + requests, 0);
  const bad = runs.filter(({ violations }) => violations.length > 0).length;
  return `All runs in ${ledger}: ${runs.length}, ${sum} requests, ${bad} with violations`;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const given = readArguments(process.argv.slice(2));
say(`Seed ${given.seed}, ${given.minutes} min: npm run fuzz -- --seed ${given.seed} --minutes ${given.minutes}`);
const { table, ...result } = await run(given);
say(`\n${table}\n`);
for (const violation of result.violations) say(`VIOLATION ${violation}\n`);
say(`${result.requests} requests, ${result.replies} replies, ${result.violations.length} violations`);
if (given.json) await writeFile(given.json, JSON.stringify(result));
else {
  await appendFile(ledger, `${JSON.stringify(result)}\n`);
  say(await addUp());
}
process.exit(result.violations.length === 0 ? 0 : 1);
