/**
 * Many viewers in one process: `stream-load.js URL COUNT` opens that many streams on raw sockets and prints `ready` when
 * each has been answered. For each line of JSON on standard input (a `Trigger`) it sends the request and prints the
 * milliseconds until the first and the last viewer had the mark.
 */
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

export interface Trigger {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Text that only the event asked for contains. */
  mark: string;
}

const [url = "", count = "0"] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(url);
let mark: Buffer | null = null;
let arrivals: number[] = [];
let allArrived = () => {};
const viewers = Number(count);

await Promise.all(Array.from({ length: viewers }, openStream));
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const result = await trigger(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
process.exit(0);

function openStream(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(port), hostname);
    let tail = Buffer.alloc(0);
    let seen: Buffer | null = null;
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("a stream was closed")));
    socket.once("connect", () => socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`));
    socket.on("data", (chunk) => {
      resolve();
      if (!mark || seen === mark) return;
      const received = Buffer.concat([tail, chunk]);
      if (received.includes(mark)) {
        seen = mark;
        arrivals.push(performance.now());
        if (arrivals.length === viewers) allArrived();
      }
      tail = received.subarray(-mark.length);
    });
  });
}

async function trigger(wanted: Trigger): Promise<{ first: number; last: number }> {
  mark = Buffer.from(wanted.mark);
  arrivals = [];
  const arrived = new Promise<void>((resolve) => {
    allArrived = resolve;
  });
  const startedAt = performance.now();
  const response = await fetch(wanted.url, { method: "POST", headers: wanted.headers, body: wanted.body });
  await response.arrayBuffer();
  await arrived;
  return { first: (arrivals[0] ?? 0) - startedAt, last: (arrivals.at(-1) ?? 0) - startedAt };
}
