/**
 * As many requests as a server answers, in a process of its own. For each line of JSON on standard input (a `PollRun`)
 * it keeps so many connections busy with one request each and prints a `PollResult`. It knows just enough of HTTP to see
 * where a reply ends, so that it costs less than what it measures.
 */
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { ReplyReader } from "@/tests/bench/reply-reader";

export interface PollRun {
  url: string;
  headers: Record<string, string>;
  connections: number;
  /** How long; or until so many replies have come. */
  seconds?: number;
  requests?: number;
  /** What each reply has to have. */
  status: number;
}

export interface PollResult {
  requests: number;
  seconds: number;
  /** Of this process. */
  cpuSeconds: number;
  /** Received in all. */
  bytes: number;
}

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const result = await run(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

async function run({ url, headers, connections, seconds, requests, status }: PollRun): Promise<PollResult> {
  const { hostname, port, pathname, search, host } = new URL(url);
  const fields = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\n${fields.join("")}\r\n`);
  const result = { requests: 0, bytes: 0 };
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const endsAt = seconds === undefined ? Number.POSITIVE_INFINITY : startedAt + seconds * 1000;
  const isOver = () => result.requests >= (requests ?? Number.POSITIVE_INFINITY) || performance.now() >= endsAt;

  /** Resolves when the time is up, or the server wants another connection, as nginx does after a thousand requests. */
  const connection = () =>
    new Promise<void>((resolve, reject) => {
      const reader = new ReplyReader(status);
      const take = (bytes: number, buffer: Uint8Array) => {
        result.bytes += bytes;
        if (!reader.isWhole(buffer as Buffer, bytes)) return;
        result.requests++;
        if (isOver() || reader.closes) socket.end();
        else socket.write(request);
      };
      const onread = {
        buffer: Buffer.allocUnsafe(64 * 1024),
        callback: (bytes: number, buffer: Uint8Array) => {
          try {
            take(bytes, buffer);
          } catch (error) {
            reject(error);
            socket.destroy();
          }
          return true;
        },
      };
      const socket = connect({ host: hostname, port: Number(port), onread });
      socket.setNoDelay(true);
      socket.once("connect", () => socket.write(request));
      socket.once("error", reject);
      socket.once("close", () => {
        if (isOver() || reader.closes) resolve();
        else reject(new Error(`${url} closed a connection`));
      });
    });
  const worker = async () => {
    while (!isOver()) await connection();
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ...result, seconds: (performance.now() - startedAt) / 1000, cpuSeconds: (user + system) / 1e6 };
}
