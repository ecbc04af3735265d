/** Sends public reads over some connections until told to stop, and counts what came of them. */
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { drawReads, type PublicRead, type ReadBoards } from "./public-reads";
import type { Random } from "./seeded-random";

export interface ReadLoadResult {
  requests: number;
  /** Replies by status. */
  statuses: Map<number, number>;
  /** Replies that the server must not give, and requests without a reply. */
  problems: string[];
}

export interface ReadLoadOptions {
  url: string;
  random: Random;
  boards: ReadBoards;
  connections: number;
  /** Asked before each request. */
  isOver(): boolean;
}

const right = new Set([200, 304, 307, 308, 404, 409, 422, 429, 503]);
const patienceMs = 60_000;
const stallMs = 3_000;
const problemsMax = 20;

export async function loadWithReads({
  url,
  random,
  boards,
  connections,
  isOver,
}: ReadLoadOptions): Promise<ReadLoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 * connections });
  const result: ReadLoadResult = { requests: 0, statuses: new Map(), problems: [] };
  const note = (read: PublicRead, problem: string) => {
    if (result.problems.length < problemsMax)
      result.problems.push(`${read.path} ${JSON.stringify(read.headers)}: ${problem}`);
  };
  const work = async (own: Random) => {
    while (!isOver()) {
      for (const read of drawReads(own, boards)) {
        if (isOver()) return;
        result.requests++;
        try {
          const status = await send(agent, url, read);
          result.statuses.set(status, (result.statuses.get(status) ?? 0) + 1);
          if (!right.has(status)) note(read, `answered ${status}`);
        } catch (error) {
          note(read, String(error));
        }
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, () => work(random.fork())));
  agent.destroy();
  return result;
}

function send(agent: Agent, url: string, read: PublicRead, again = true): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url + read.path, { agent, headers: read.headers });
    outgoing.setTimeout(patienceMs, () => outgoing.destroy(new Error(`no reply within ${patienceMs} ms`)));
    outgoing.on("response", (incoming) => {
      const status = incoming.statusCode ?? 0;
      void consume(incoming, read).finally(() => {
        if (read.manner !== "read" || isStream(incoming)) outgoing.destroy();
        resolve(status);
      });
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      // A kept connection may be closed just when it is used again.
      if (again && outgoing.reusedSocket && error.code === "ECONNRESET")
        send(agent, url, read, false).then(resolve, reject);
      else reject(error);
    });
    outgoing.end();
  });
}

async function consume(incoming: IncomingMessage, { manner }: PublicRead): Promise<void> {
  incoming.on("error", () => undefined);
  if (manner === "leave") return;
  if (manner === "stall") await setTimeout(stallMs);
  await new Promise<void>((resolve) => {
    incoming.on("close", resolve);
    incoming.on("data", () => isStream(incoming) && resolve());
  });
}

function isStream({ headers }: IncomingMessage): boolean {
  return headers["content-type"]?.startsWith("text/event-stream") ?? false;
}
