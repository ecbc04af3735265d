/**
 * Holds a running server to the HTTP contract. Without a key it looks at a board that is there; with one that has
 * `boards:manage` and `scores:write` it makes a board of its own, tries everything on it, and deletes it.
 */
import { parseArgs } from "node:util";
import type { Check, CheckContext } from "./check";
import { pollChecks } from "./polls";
import { scoreChecks } from "./scores";
import { streamChecks, streamChecksWithKey } from "./streams";
import { type Target, targetAt } from "./target";

const usage = "npm run conformance -- URL [--key KEY] [--board ID]";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { key: { type: "string" }, board: { type: "string" } },
});
const [address] = positionals;
if (!address || positionals.length > 1 || !URL.canParse(address)) {
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}

const target = targetAt(new URL(address).origin, values.key ?? null);
const authorization: Record<string, string> = values.key ? { authorization: `Bearer ${values.key}` } : {};
const { passed, failed } = values.key ? await examineOwnBoard() : await examine(target, await boardToLookAt());
process.stdout.write(`\n${passed} kept, ${failed} broken\n`);
process.exit(failed === 0 ? 0 : 1);

async function examineOwnBoard() {
  const id = `conformance-${Date.now().toString(36)}`;
  const board = { id, name: "Conformance", delivery: "sse", tiebreaks: [{ name: "time", order: "asc" }] };
  const made = await target.send("POST", "/api/v1/boards", { headers: authorization, body: board });
  if (made.status !== 201) throw new Error(`a board could not be made: ${made.text}`);
  try {
    const scores = Array.from({ length: 30 }, (_, i) => ({ player: `first${i}`, score: i % 7 }));
    await target.send("POST", `/api/v1/boards/${id}/scores`, { headers: authorization, body: { scores } });
    return await examine(target, { id, streams: true });
  } finally {
    await target.send("DELETE", `/api/v1/boards/${id}`, { headers: authorization });
  }
}

async function boardToLookAt(): Promise<{ id: string; streams: boolean }> {
  const { boards } = (await target.send("GET", "/api/v1/boards")).json() as {
    boards: { id: string; delivery: string }[];
  };
  const board = values.board
    ? boards.find(({ id }) => id === values.board)
    : (boards.find(({ delivery }) => delivery === "sse") ?? boards[0]);
  if (!board) throw new Error("there is no such board to look at: make one, or give a key");
  return { id: board.id, streams: board.delivery === "sse" };
}

async function examine(server: Target, { id, streams }: { id: string; streams: boolean }) {
  const checks = [...pollChecks, ...(streams ? streamChecks : [])];
  if (server.key) checks.push(...streamChecksWithKey, ...scoreChecks);
  const context: CheckContext = { target: server, board: id, authorization };
  let failed = 0;
  for (const check of checks) if (!(await isKept(check, context))) failed++;
  if (!streams) process.stdout.write(`- streams were not looked at: board "${id}" is delivered by polling\n`);
  return { passed: checks.length - failed, failed };
}

async function isKept(check: Check, context: CheckContext): Promise<boolean> {
  try {
    await check.run(context);
    process.stdout.write(`ok ${check.promise}\n`);
    return true;
  } catch (error) {
    process.stdout.write(`NOT ${check.promise}\n    ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  } finally {
    await context.target.closeStreams();
  }
}
