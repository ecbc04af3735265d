/**
 * Asks a server for as much as it gives, from one address: each connection asks again as soon as it has its reply. Each
 * line of JSON on standard input is an `Attack`, answered by a line with an `Attacked`.
 */
import { Agent, get } from "node:http";
import { createInterface } from "node:readline";

export interface Attack {
  url: string;
  /** Asked for in turn, with `#` in the place of a number that grows with each. */
  path: string;
  connections: number;
  seconds: number;
  /** What the proxy in front says it saw. */
  address: string;
}

export interface Attacked {
  /** Replies by status. */
  statuses: Record<string, number>;
}

/** Of rows and players that the attack goes through. */
const numbersMax = 90_000;
const step = 37;

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await attack(JSON.parse(line)))}\n`);
}
process.exit(0);

async function attack({ url, path, connections, seconds, address }: Attack): Promise<Attacked> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const statuses: Record<string, number> = {};
  const until = performance.now() + seconds * 1_000;
  let number = 0;
  const ask = async () => {
    while (performance.now() < until) {
      number = (number + step) % numbersMax;
      const status = await send(agent, url + path.replace("#", String(1 + number)), address);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
  agent.destroy();
  return { statuses };
}

/** Status 0 stands for no reply. */
function send(agent: Agent, url: string, address: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = { "x-forwarded-for": address, "accept-encoding": "br" };
    get(url, { agent, headers }, (incoming) => {
      incoming.resume();
      incoming.on("close", () => resolve(incoming.statusCode ?? 0));
    }).on("error", () => resolve(0));
  });
}
