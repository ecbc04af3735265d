/** The short form of `npm run reads`: a server with a small heap through every public route, at random. */
import { expect, onTestFinished, test } from "vitest";
import { liveBytes } from "@/tests/support/live-bytes";
import { makeReadBoards } from "@/tests/support/read-boards";
import { loadWithReads } from "@/tests/support/read-load";
import { seededRandom } from "@/tests/support/seeded-random";
import { startRungs } from "@/tests/support/server";

const heapMb = 256;
const players = 20_000;
const requestsPerHalf = 2_500;
const connections = 6;
const seed = 12;

test(`a server with a heap of ${heapMb} MB answers any public read, and holds no more after twice as many`, async () => {
  const NODE_OPTIONS = `--max-old-space-size=${heapMb} --inspect=127.0.0.1:0`;
  const server = await startRungs({ env: { NODE_OPTIONS, NODE_ENV: "production" } });
  onTestFinished(async () => void (await server.stop()));
  const [, inspector = ""] = await server.prints(/Debugger listening on (ws:\S+)/);
  const { boards, keepPosting } = await makeReadBoards(server.url, server.databaseUrl ?? "", players);
  let over = false;
  const posting = keepPosting(() => over);
  const random = seededRandom(seed);
  const held: number[] = [];
  for (let half = 0; half < 2; half++) {
    let left = requestsPerHalf;
    const isOver = () => left-- <= 0;
    const { problems, statuses } = await loadWithReads({ url: server.url, random, boards, connections, isOver });
    expect(problems, server.output()).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(requestsPerHalf / 2);
    held.push(await liveBytes(inspector));
  }
  over = true;
  await posting;
  const [first = 0, second = 0] = held;
  expect(second).toBeLessThan(1.15 * first);
}, 180_000);
