/**
 * `npm run reads`: every public route in any encoding and window, at random, on a server with a small heap and a board of
 * 20,000 players. At the end the same process lives, no reply was one that must not be, and memory is flat within a tenth.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@/lib/embedded/free-port";
import { startServer } from "@/tests/fuzz/server";
import { makeReadBoards } from "@/tests/support/read-boards";
import { loadWithReads } from "@/tests/support/read-load";
import { seededRandom } from "@/tests/support/seeded-random";
import { type ReadsArguments, readArguments } from "./arguments";

const players = 20_000;
/** Memory is measured between them; in the first two, caches fill. */
const parts = 6;
const warmUpParts = 2;
const growthMax = 1.1;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function run({ minutes, heap, seed, connections }: ReadsArguments): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "rungs-reads-"));
  const settings = { NODE_OPTIONS: `--max-old-space-size=${heap}` };
  const server = await startServer(folder, await freePort(), settings);
  try {
    const { databaseUrl } = JSON.parse(await readFile(join(folder, "runtime.json"), "utf8"));
    const url = `http://127.0.0.1:${server.port}`;
    const { boards, keepPosting } = await makeReadBoards(url, databaseUrl, players);
    const random = seededRandom(seed);
    let over = false;
    const posting = keepPosting(() => over || !server.isAlive()).catch((error) => problems.push(String(error)));
    const problems: string[] = [];
    const held: number[] = [];
    for (let part = 0; part < parts && server.isAlive(); part++) {
      const until = performance.now() + (minutes * 60_000) / parts;
      const isOver = () => performance.now() > until || !server.isAlive();
      const loaded = await loadWithReads({ url, random, boards, connections, isOver });
      problems.push(...loaded.problems);
      if (server.isAlive()) held.push(await server.liveBytes());
      const statuses = [...loaded.statuses]
        .toSorted(([a], [b]) => a - b)
        .map(([status, count]) => `${status}: ${count}`);
      say(`${loaded.requests} requests (${statuses.join(", ")}), ${((held.at(-1) ?? 0) / 1e6).toFixed(1)} MB held`);
    }
    over = true;
    await posting;
    if (!server.isAlive()) problems.push(`the server ended:\n${server.output().slice(-4_000)}`);
    const growth = Math.max(...held.slice(warmUpParts)) / (held[warmUpParts - 1] ?? 0);
    if (!(growth <= growthMax)) problems.push(`memory grew to ${growth.toFixed(2)} times`);
    return problems;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const given = readArguments(process.argv.slice(2));
say(`Seed ${given.seed}, ${given.minutes} min, a heap of ${given.heap} MB, ${given.connections} connections`);
const problems = await run(given);
for (const problem of problems) say(`PROBLEM ${problem}`);
say(problems.length === 0 ? "All as it has to be." : `${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
