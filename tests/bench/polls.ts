/** Requests per second of the cached endpoint, full and conditional, plain and compressed. */
import autocannon from "autocannon";
import { type Contender, startBare, startRungs } from "./contenders";
import { cpuSeconds } from "./cpu";
import { printTable, rounds } from "./figures";

const connections = 64;
const secondsPerRound = 4;

interface Case {
  name: string;
  headers: Record<string, string>;
  /** What the bare server has to send for the same. */
  bareHeaders: Record<string, string>;
  body: Buffer;
}

export async function benchPolls(): Promise<void> {
  const [rungs, bare] = await Promise.all([startRungs(), startBare()]);
  try {
    const url = `${rungs.url}/api/v1/boards/${rungs.boardId}`;
    for (const one of await cases(url)) {
      await fetch(`${bare.url}/body`, { method: "PUT", body: new Uint8Array(one.body) });
      const perSecond: Record<string, number[]> = { Rungs: [], "bare node:http": [] };
      const cpuPerRequest: Record<string, number[]> = { Rungs: [], "bare node:http": [] };
      for (let round = 0; round < rounds; round++) {
        await measure("Rungs", rungs, url, one.headers, perSecond, cpuPerRequest);
        await measure("bare node:http", bare, `${bare.url}/body`, one.bareHeaders, perSecond, cpuPerRequest);
      }
      printTable(`polls: ${one.name}, ${connections} connections`, "req/s", perSecond);
      printTable("  server CPU for it", "µs/req", cpuPerRequest);
    }
  } finally {
    await Promise.all([rungs.stop(), bare.stop()]);
  }
}

async function cases(url: string): Promise<Case[]> {
  const plain = await fetch(url, { headers: { "accept-encoding": "identity" } });
  const etag = plain.headers.get("etag") ?? "";
  const body = Buffer.from(await plain.arrayBuffer());
  const compressed = await rawBody(url, "br");
  const kilobytes = (bytes: Buffer) => `${(bytes.length / 1024).toFixed(1)} kB`;
  return [
    { name: `200 plain, ${kilobytes(body)}`, headers: { "accept-encoding": "identity" }, bareHeaders: {}, body },
    {
      name: `200 brotli, ${kilobytes(compressed)}`,
      headers: { "accept-encoding": "br" },
      bareHeaders: {},
      body: compressed,
    },
    { name: "304", headers: { "if-none-match": etag }, bareHeaders: { "if-none-match": '"1"' }, body },
  ];
}

async function measure(
  name: string,
  server: Contender,
  url: string,
  headers: Record<string, string>,
  perSecond: Record<string, number[]>,
  cpuPerRequest: Record<string, number[]>,
): Promise<void> {
  const before = cpuSeconds(server.pid);
  const result = await autocannon({ url, headers, connections, duration: secondsPerRound });
  const after = cpuSeconds(server.pid);
  if (result.errors > 0 || result["4xx"] + result["5xx"] > 0) throw new Error(`${name} answered with errors`);
  perSecond[name]?.push(result.requests.total / result.duration);
  if (before !== null && after !== null) cpuPerRequest[name]?.push(((after - before) * 1e6) / result.requests.total);
}

/** `fetch` would decompress. */
async function rawBody(url: string, encoding: string): Promise<Buffer> {
  const { get } = await import("node:http");
  return new Promise((resolve, reject) => {
    get(url, { headers: { "accept-encoding": encoding } }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve(Buffer.concat(chunks));
    }).on("error", reject);
  });
}
