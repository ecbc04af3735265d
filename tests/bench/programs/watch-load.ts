/**
 * Viewers that know which version they have: streaming ones on raw sockets, or polling ones as the page polls, on kept
 * connections, conditionally, after the interval that the server asks for with the page's own jitter. Each line of JSON
 * on standard input is a `WatchQuestion`, answered by a line.
 */
import { Agent, get, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { jitteredMs } from "@/app/_hooks/jitter";
import { FrameReader } from "@/tests/bench/frame-reader";
import { openMany, openSocket, senderOf } from "@/tests/bench/raw-socket";

export type WatchQuestion =
  /** Opens viewers, over these addresses in turn; answered with `{}` once each has a version. */
  | { open: "stream" | "poll"; urls: string[]; count: number; intervalMs?: number }
  /** Answered with `{}` once every viewer has that version. */
  | { until: number }
  /** Answered with a `Watched` of what came since the last time. */
  | { collect: true };

export interface Watched {
  /** For each viewer the versions that came, each followed by its moment in milliseconds since 1970. */
  arrivals: number[][];
  /** Received, heads included. */
  bytes: number;
}

interface Viewer {
  version: number;
  arrivals: number[];
}

const patienceMs = 60_000;
/** A server ends streams now and then, to have viewers spread anew; one that ends them earlier is broken. */
const lifeMinMs = 60_000;
const comesBackMs = 2_000;
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const viewers: Viewer[] = [];
const received = { bytes: 0 };
/** Bytes of each kept connection that have been counted. */
const counted = new WeakMap<object, number>();
let awaited: { version: number; left: number; done: () => void } | null = null;

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await answerTo(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);

async function answerTo(question: WatchQuestion): Promise<object> {
  if ("open" in question) {
    const { open, urls, count, intervalMs } = question;
    await openMany(count, (number) => {
      const url = urls[number % urls.length] as string;
      return open === "stream" ? openStream(url, number) : openPoll(url, intervalMs);
    });
    return {};
  }
  if ("until" in question) {
    await everyoneHas(question.until);
    return {};
  }
  const watched: Watched = { arrivals: viewers.map((viewer) => viewer.arrivals.splice(0)), bytes: received.bytes };
  received.bytes = 0;
  return watched;
}

function openStream(url: string, number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const viewer = newViewer(resolve);
    const open = () => {
      const openedAt = performance.now();
      const reader = new FrameReader((version) => viewer.has(version));
      const socket = openSocket({ url, headers: { ...senderOf(number), accept: "text/event-stream" } }, (chunk) => {
        received.bytes += chunk.length;
        reader.take(chunk);
      });
      socket.once("error", reject);
      socket.once("close", () => {
        if (performance.now() - openedAt < lifeMinMs) throw new Error(`${url} closed a stream`);
        setTimeout(open, jitteredMs(comesBackMs));
      });
    };
    open();
  });
}

/** The first poll comes somewhere in the interval, since viewers do not come all at once. */
function openPoll(url: string, intervalMs: number | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const viewer = newViewer(resolve);
    let etag = "";
    const poll = async () => {
      const response = await request(url, etag);
      const status = response.statusCode ?? 0;
      if (status !== 200 && status !== 304) throw new Error(`${url} answered ${status}`);
      etag = response.headers.etag ?? "";
      viewer.has(versionOf(etag));
      schedule(jitteredMs(intervalMs ?? Number(response.headers["poll-interval"]) * 1_000));
    };
    const schedule = (ms: number) => void setTimeout(() => poll().catch(reject), ms);
    schedule(Math.random() * (intervalMs ?? 5_000));
  });
}

/** A reply that has come to its end. A server may close a kept connection just when it is used again. */
async function request(url: string, etag: string): Promise<IncomingMessage> {
  try {
    return await requestOnce(url, etag);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
    return requestOnce(url, etag);
  }
}

function requestOnce(url: string, etag: string): Promise<IncomingMessage> {
  const headers = { "accept-encoding": "gzip, deflate, br", ...(etag && { "if-none-match": etag }) };
  return new Promise((resolve, reject) => {
    const outgoing = get(url, { agent, headers }, (response) => {
      const { socket } = response;
      response.on("error", reject);
      response.resume().on("end", () => {
        received.bytes += socket.bytesRead - (counted.get(socket) ?? 0);
        counted.set(socket, socket.bytesRead);
        resolve(response);
      });
    });
    outgoing.on("error", reject);
  });
}

/** A tag is `W/"<epoch>-<version>~..."`. */
function versionOf(etag: string): number {
  return Number(/-(\d+)~/.exec(etag)?.[1] ?? Number.NaN);
}

function newViewer(onFirst: () => void): { has(version: number): void } {
  const viewer: Viewer = { version: -1, arrivals: [] };
  viewers.push(viewer);
  return {
    has(version) {
      if (version <= viewer.version) return;
      if (viewer.version === -1) onFirst();
      if (awaited && viewer.version < awaited.version && version >= awaited.version) {
        awaited.left--;
        if (awaited.left === 0) awaited.done();
      }
      viewer.version = version;
      viewer.arrivals.push(version, performance.timeOrigin + performance.now());
    },
  };
}

function everyoneHas(version: number): Promise<void> {
  const left = viewers.filter((viewer) => viewer.version < version).length;
  if (left === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(new Error(`${awaited?.left} of ${viewers.length} viewers have not got version ${version}`));
    const timer = setTimeout(late, patienceMs);
    const done = () => {
      clearTimeout(timer);
      awaited = null;
      resolve();
    };
    awaited = { version, left, done };
  });
}
