/**
 * Polls at even intervals, whatever the answers take, in a process of its own. For a line of JSON on standard input (a
 * `SteadyPolls`) it prints `{}` and begins; for the next line, whatever that says, it ends and prints a `SteadilyPolled`.
 */
import { createInterface } from "node:readline";
import { percentile } from "@/tests/bench/percentile";

export interface SteadyPolls {
  polls: { name: string; url: string }[];
  /** Of each of them. */
  perSecond: number;
}

/** By name of the poll, in milliseconds from when each was due. */
export type SteadilyPolled = Record<string, { p99: number; max: number }>;

process.stdout.write("ready\n");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
for await (const line of lines) process.stdout.write(`${JSON.stringify(await poll(JSON.parse(line)))}\n`);
process.exit(0);

async function poll({ polls, perSecond }: SteadyPolls): Promise<SteadilyPolled> {
  const times = new Map<string, number[]>(polls.map(({ name }) => [name, []]));
  const running = new Set<Promise<void>>();
  const startedAt = performance.now();
  let sent = 0;
  let failure: unknown;
  const timer = setInterval(() => {
    for (; (sent / perSecond) * 1000 <= performance.now() - startedAt; sent++) {
      const dueAt = startedAt + (sent / perSecond) * 1000;
      for (const { name, url } of polls) {
        const one = fetch(url)
          .then(async (response) => {
            await response.arrayBuffer();
            if (!response.ok) throw new Error(`${url} answered ${response.status}`);
            times.get(name)?.push(performance.now() - dueAt);
          })
          .catch((error) => {
            failure = error;
          })
          .finally(() => running.delete(one));
        running.add(one);
      }
    }
  }, 1);
  process.stdout.write("{}\n");
  await lines.next();
  clearInterval(timer);
  await Promise.all(running);
  if (failure) throw failure;
  return Object.fromEntries([...times].map(([name, taken]) => [name, slowest(taken)]));
}

function slowest(times: number[]): SteadilyPolled[string] {
  const sorted = times.sort((a, b) => a - b);
  return { p99: percentile(sorted, 0.99), max: percentile(sorted, 1) };
}
