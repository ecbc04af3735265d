/**
 * So many clients, each on a connection kept alive, post scores as fast as they are answered, in a process of its own.
 * For each line of JSON on standard input (a `WriteRun`) it prints a `Written`.
 */
import { createInterface } from "node:readline";
import { openConnection } from "@/tests/bench/http-connection";
import { percentile } from "@/tests/bench/percentile";
import { seededRandom } from "@/tests/support/seeded-random";

export interface WriteRun {
  url: string;
  headers: Record<string, string>;
  clients: number;
  /** Scores per request; 1 posts a single one. */
  batch: number;
  ms: number;
  players: number;
  /** Scores begin here and grow, so that every post is an improvement. */
  from: number;
}

export interface Written {
  scores: number;
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Of this process. */
  cpuSeconds: number;
  /** Where the next run's scores may begin. */
  next: number;
}

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const written = await write(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(written)}\n`);
}
process.exit(0);

async function write({ url, headers, clients, batch, ms, players, from }: WriteRun): Promise<Written> {
  const connections = await Promise.all(Array.from({ length: clients }, () => openConnection(url)));
  const times: number[] = [];
  let score = from;
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const client = async (connection: (typeof connections)[number], seed: number) => {
    const { whole } = seededRandom(seed);
    const next = () => `{"player":"player-${whole(0, players - 1)}","score":${++score}}`;
    while (performance.now() - startedAt < ms) {
      const body = batch === 1 ? next() : `{"scores":[${Array.from({ length: batch }, next).join(",")}]}`;
      const sentAt = performance.now();
      await connection.post(headers, body);
      times.push(performance.now() - sentAt);
    }
  };
  await Promise.all(connections.map((connection, i) => client(connection, i + 1)));
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  for (const connection of connections) connection.close();
  times.sort((a, b) => a - b);
  return {
    scores: times.length * batch,
    seconds,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    cpuSeconds: (user + system) / 1e6,
    next: score,
  };
}
