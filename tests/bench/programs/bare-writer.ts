/**
 * The yardsticks of the write path, in a process of their own, on the database named by its argument. Over HTTP,
 * `POST /transaction`, `/statement` and `/coalescing` take `{"player", "score"}`. Lines of JSON on standard input: `{}` is
 * answered with a `Listening`; an `InProcess` writes without HTTP and is answered with a `Done`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import type { Sql } from "postgres";
import {
  coalescing,
  eachInStatement,
  eachInTransaction,
  openPeer,
  type PeerScore,
  storeAll,
  type Write,
} from "@/tests/bench/peer-writes";
import { seededRandom } from "@/tests/support/seeded-random";

export interface Listening {
  url: string;
}

/** What is asked for in process. */
export interface InProcess {
  way: "coalescing" | "batch";
  callers: number;
  /** Scores per call. */
  batch: number;
  ms: number;
  players: number;
  /** Scores begin here and grow, so that every one is an improvement. */
  from: number;
}

export interface Done {
  scores: number;
  seconds: number;
  /** Where the next task's scores may begin. */
  next: number;
}

const sql = openPeer(process.argv[2] ?? "");
const ways = waysOf(sql);

const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const listening: Listening = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  process.stdout.write(`${JSON.stringify("way" in task ? await writeHere(task) : listening)}\n`);
}
process.exit(0);

function waysOf(sql: Sql): Record<string, Write> {
  return {
    "/transaction": eachInTransaction(sql),
    "/statement": eachInStatement(sql),
    "/coalescing": coalescing(sql),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const write = ways[request.url ?? ""];
  if (!write) throw new Error(`there is no way ${request.url}`);
  await write(JSON.parse(Buffer.concat(chunks).toString()));
  const reply = '{"results":[{"status":"applied"}]}';
  response.writeHead(200, { "content-type": "application/json", "content-length": reply.length });
  response.end(reply);
}

async function writeHere({ way, callers, batch, ms, players, from }: InProcess): Promise<Done> {
  const write = ways["/coalescing"];
  const startedAt = performance.now();
  let scores = 0;
  let score = from;
  const caller = async (seed: number) => {
    const { whole } = seededRandom(seed);
    const next = (): PeerScore => ({ player: `player-${whole(0, players - 1)}`, score: ++score });
    while (performance.now() - startedAt < ms) {
      const some = Array.from({ length: batch }, next);
      if (way === "batch") await storeAll(sql, some);
      else await Promise.all(some.map((one) => write?.(one)));
      scores += batch;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, i) => caller(i + 1)));
  return { scores, seconds: (performance.now() - startedAt) / 1000, next: score };
}
