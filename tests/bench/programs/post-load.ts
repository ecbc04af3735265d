/**
 * Posts single scores at a steady rate, whether or not earlier ones have been answered, in a process of its own. For each
 * line of JSON on standard input (a `Posting`) it prints a `Posted`.
 */
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

export interface Posting {
  url: string;
  headers: Record<string, string>;
  perSecond: number;
  seconds: number;
}

export interface Posted {
  /** For each post the version it led to, and when it was sent and answered, in milliseconds since 1970. */
  posts: { version: number; sentAt: number; answeredAt: number }[];
}

/** Of a board's players, all of whom are in everyone's window. */
const players = 100;
const stepMs = 2;
let score = 10_000;

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const posted = await post(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(posted)}\n`);
}
process.exit(0);

async function post(posting: Posting): Promise<Posted> {
  // Not kept for the next time: a server closes what it has not heard of for a while.
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const posted = await postAll(posting, agent);
  agent.destroy();
  return posted;
}

function postAll({ url, headers, perSecond, seconds }: Posting, agent: Agent): Promise<Posted> {
  const wanted = Math.max(1, Math.round(perSecond * seconds));
  const under: Promise<Posted["posts"][number]>[] = [];
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const due = Math.min(wanted, 1 + Math.floor(((performance.now() - startedAt) / 1000) * perSecond));
      while (under.length < due) {
        const one = postOne({ url, headers }, agent, under.length);
        one.catch(reject);
        under.push(one);
      }
      if (under.length < wanted) return;
      clearInterval(timer);
      Promise.all(under).then((posts) => resolve({ posts }), reject);
    }, stepMs);
  });
}

/** No score comes twice, so that each post changes what everyone sees. */
function postOne(
  { url, headers }: Pick<Posting, "url" | "headers">,
  agent: Agent,
  number: number,
): Promise<Posted["posts"][number]> {
  const body = JSON.stringify({ player: `player-${(number * 37) % players}`, score: ++score });
  const sentAt = performance.timeOrigin + performance.now();
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const outgoing = request(url, { agent, method: "POST", headers: { ...headers, "content-length": length } });
    outgoing.on("error", reject);
    outgoing.on("response", async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      const answeredAt = performance.timeOrigin + performance.now();
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}: ${text}`));
      else resolve({ version: JSON.parse(text).version, sentAt, answeredAt });
    });
    outgoing.end(body);
  });
}
