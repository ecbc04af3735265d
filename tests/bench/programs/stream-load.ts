/**
 * Many viewers in one process. The first line of JSON on standard input (`Viewers`) opens them and is answered when all
 * are seated. For each further line (a `Trigger`) the request is sent, and answered is when the first and the last viewer
 * had the mark.
 */
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { openMany, openSocket, senderOf } from "@/tests/bench/raw-socket";

export interface Viewers {
  kind: "sse" | "ws" | "socket.io";
  url: string;
  count: number;
  /** Text that tells a viewer that it is seated. */
  seated: string;
}

export interface Trigger {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Text that only the event asked for contains. */
  mark: string;
}

/** Milliseconds since the request was sent, and of this process' own work until the last had it. */
export interface Arrivals {
  first: number;
  last: number;
  cpuMs: number;
}

const patienceMs = 60_000;
const nothing: Buffer = Buffer.alloc(0);
const upgrade = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};
const ping = Buffer.from([0x81, 1, 0x32]);

/** What every viewer waits for, and those who have it. */
const awaited = { mark: nothing, had: 0, firstAt: 0, lastAt: 0, all: () => {} };
let viewers = 0;

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const question: Viewers | Trigger = JSON.parse(line);
  const answer = "kind" in question ? await openAll(question) : await trigger(question);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);

async function openAll(wanted: Viewers): Promise<{ seated: number }> {
  await openMany(wanted.count, (number) => openViewer(wanted, number));
  viewers = wanted.count;
  return { seated: viewers };
}

function openViewer({ kind, url, seated }: Viewers, number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const seat = Buffer.from(seated);
    let isSeated = false;
    /** The last mark that came. */
    let seen: Buffer | null = null;
    let tail: Buffer = nothing;
    const answer = kind === "socket.io" ? socketIoAnswers() : null;
    const headers = { ...senderOf(number), ...(kind === "sse" ? { accept: "text/event-stream" } : upgrade) };
    const socket = openSocket({ url, headers }, (chunk) => {
      answer?.(chunk, socket);
      const wanted = isSeated ? awaited.mark : seat;
      if (wanted === nothing || wanted === seen) return;
      const found = has(chunk, tail, wanted);
      tail = found ? nothing : Buffer.from(chunk.subarray(-wanted.length));
      if (!found) return;
      if (isSeated) {
        seen = wanted;
        arrived();
      } else {
        isSeated = true;
        resolve();
      }
    });
    socket.once("error", reject);
    socket.once("close", () => {
      if (!isSeated) return reject(new Error(`${url} closed a stream before it began`));
      throw new Error(`${url} closed a stream`);
    });
  });
}

/** Bytes of an event may come in two pieces, however small. */
function has(chunk: Buffer, tail: Buffer, text: Buffer): boolean {
  return chunk.includes(text) || (tail.length > 0 && Buffer.concat([tail, chunk]).includes(text));
}

/** Joins the namespace once greeted, and answers pings. */
function socketIoAnswers(): (chunk: Buffer, socket: Socket) => void {
  let greeted = false;
  return (chunk, socket) => {
    if (!greeted && chunk.includes('0{"sid"')) {
      greeted = true;
      socket.write(masked("40"));
    } else if (chunk.length <= 64 && chunk.includes(ping)) socket.write(masked("3"));
  };
}

/** A text frame as clients have to send it (RFC 6455, section 5.2), with a mask that changes nothing. */
function masked(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

function arrived(): void {
  awaited.lastAt = performance.now();
  if (awaited.had++ === 0) awaited.firstAt = awaited.lastAt;
  if (awaited.had === viewers) awaited.all();
}

async function trigger({ url, headers, body, mark }: Trigger): Promise<Arrivals> {
  const everyone = new Promise<void>((resolve, reject) => {
    const late = () => reject(new Error(`only ${awaited.had} of ${viewers} viewers of ${url} had an event`));
    const timer = setTimeout(late, patienceMs);
    awaited.all = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  Object.assign(awaited, { mark: Buffer.from(mark), had: 0 });
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const response = await fetch(url, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  await Promise.all([response.arrayBuffer(), everyone]);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { first: awaited.firstAt - startedAt, last: awaited.lastAt - startedAt, cpuMs: (user + system) / 1000 };
}
