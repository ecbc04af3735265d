/** The cached endpoint beside the same bytes from others: full and conditional, plain and compressed. */
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { type Contender, startNext, startRungs } from "@/tests/bench/contenders";
import { cpuSeconds } from "@/tests/bench/cpu";
import { type Dialogue, startDialogue } from "@/tests/bench/dialogue";
import { peakBytes } from "@/tests/bench/memory";
import type { BenchContext, BenchRow, BenchTable, Part, Target } from "@/tests/bench/part";
import { type FileServer, startCache, startFileServer, startPeer } from "@/tests/bench/peers";
import { program } from "@/tests/bench/processes";
import type { PollResult, PollRun } from "@/tests/bench/programs/poll-load";

const connections = 64;
const secondsPerRound = 4;
const requestsInSmoke = 256;
/** Of a core; from there on the load, not the server, may be what is measured. */
const loadIsLimit = 0.9;

const own = "Rungs";
const bare = "bare node:http";
const next = "next start";
const naive = "Redis read each time";
const cached = "Rungs behind nginx";
const file = "nginx, static file";

export const polls: Part = {
  name: "polls",
  what: `The cached endpoint with 100 entries on ${connections} connections, beside others with the same bytes`,
  run,
};

interface Reply {
  status: number;
  /** But for those that Node adds by itself. */
  headers: Record<string, string>;
  body: Buffer;
}

interface Case {
  title: string;
  headers: Record<string, string>;
  conditional: boolean;
  /** What the throughput of Rungs is to be of the bare server's. */
  ofBare: number;
  /** Those that have nothing of the kind, and why. */
  without: Record<string, string>;
}

const addedByNode = new Set(["date", "connection", "keep-alive"]);
const uncompressed = { "accept-encoding": "identity" };
const cases: readonly Case[] = [
  { title: "200 plain", headers: uncompressed, conditional: false, ofBare: 0.8, without: {} },
  {
    title: "200 brotli",
    headers: { "accept-encoding": "br" },
    conditional: false,
    ofBare: 0.8,
    without: { [naive]: "does not compress" },
  },
  {
    title: "304",
    headers: uncompressed,
    conditional: true,
    ofBare: 0.9,
    without: { [naive]: "cannot tell that nothing changed" },
  },
];

interface Entrant extends Contender {
  name: string;
  path: string;
  /** Has it serve those bytes, where it does not serve Rungs' own; gives the path. */
  put?(body: Buffer, headers: Record<string, string>): Promise<string>;
}

async function run({ rounds, smoke, say }: BenchContext): Promise<BenchTable[]> {
  const { entrants, missing } = await startAll();
  const load = await startDialogue({ args: [program("poll-load")] });
  const tables: BenchTable[] = [];
  for (const one of cases) {
    say(one.title);
    tables.push(...(await measureCase(one, entrants, missing, { load, rounds, smoke })));
  }
  tables.push(memoryTable(entrants));
  return tables;
}

/** Absent ones by name, with the reason. */
type Missing = Record<string, string>;

async function startAll(): Promise<{ entrants: Entrant[]; missing: Missing }> {
  const missing: Missing = {};
  const rungs = await startRungs();
  const [bareServer, nextServer, naiveServer] = await Promise.all([
    startPeer("bare-server"),
    startNext(),
    startPeer("naive-server"),
  ]);
  const path = `/api/v1/boards/${rungs.boardId}`;
  const entrants: Entrant[] = [
    { ...rungs, name: own, path },
    { ...bareServer, name: bare, path: "/", put: (body, headers) => putReply(bareServer, body, headers) },
    { ...nextServer, name: next, path },
    { ...naiveServer, name: naive, path: "/" },
  ];
  try {
    const files: FileServer = await startFileServer();
    entrants.push({ ...(await startCache(rungs)), name: cached, path });
    entrants.push({ ...files, name: file, path: "/", put: files.put });
  } catch {
    Object.assign(missing, { [cached]: "nginx is not installed", [file]: "nginx is not installed" });
  }
  return { entrants, missing };
}

interface Session {
  load: Dialogue;
  rounds: number;
  smoke: boolean;
}

interface Samples {
  perSecond: number[];
  cpuPerRequest: number[];
  loadShare: number[];
}

async function measureCase(
  one: Case,
  entrants: readonly Entrant[],
  missing: Missing,
  { load, rounds, smoke }: Session,
): Promise<BenchTable[]> {
  const absent: Missing = { ...missing, ...one.without };
  const there = entrants.filter(({ name }) => !(name in absent));
  const { body, headers } = await fetchRaw(there[0] as Entrant, one.headers);
  const samples = new Map<string, Samples>();
  const runs = new Map<string, PollRun>();
  for (const entrant of there) {
    if (entrant.put) entrant.path = await entrant.put(body, headers);
    runs.set(entrant.name, await runOf(entrant, one));
    samples.set(entrant.name, { perSecond: [], cpuPerRequest: [], loadShare: [] });
  }
  for (let round = smoke ? 1 : 0; round <= rounds; round++) {
    for (const entrant of there) {
      const amount = smoke ? { requests: requestsInSmoke } : { seconds: round === 0 ? 1 : secondsPerRound };
      const before = cpuSeconds(...entrant.pids);
      const result = await load.ask<PollResult>({ ...runs.get(entrant.name), ...amount });
      const after = cpuSeconds(...entrant.pids);
      const taken = samples.get(entrant.name);
      // The first round warms up.
      if (!taken || round === 0) continue;
      taken.perSecond.push(result.requests / result.seconds);
      taken.loadShare.push(result.cpuSeconds / result.seconds);
      if (before !== null && after !== null) taken.cpuPerRequest.push(((after - before) * 1e6) / result.requests);
    }
  }
  const names = [...entrants.map(({ name }) => name), ...Object.keys(missing)];
  return tablesOf(one, names, samples, absent, body.length);
}

function tablesOf(
  one: Case,
  names: readonly string[],
  samples: ReadonlyMap<string, Samples>,
  absent: Missing,
  bodyBytes: number,
): BenchTable[] {
  const rows = (pick: (taken: Samples) => number[]): BenchRow[] =>
    names.map((name) => {
      const reason = absent[name] ?? "the system does not tell";
      const taken = samples.get(name);
      const row = { name, samples: taken ? pick(taken) : [] };
      return row.samples.length > 0 ? row : { ...row, absent: reason };
    });
  const size = one.conditional ? "" : `, ${(bodyBytes / 1000).toFixed(1)} kB`;
  const title = `${one.title}${size}`;
  return [
    {
      title: `${title}: requests answered`,
      unit: "req/s",
      better: "more",
      rows: rows(({ perSecond }) => perSecond),
      targets: [
        { of: own, to: bare, bound: "at least", ratio: one.ofBare },
        { of: own, to: next, bound: "at least", ratio: 25 },
        { of: cached, to: file, bound: "at least", ratio: 0.95 },
      ],
      notes: limitNotes(samples),
    },
    {
      title: `${title}: server CPU`,
      unit: "µs/req",
      better: "less",
      rows: rows(({ cpuPerRequest }) => cpuPerRequest),
      targets: cpuTargets(one.ofBare),
      notes: ["All processes of a contender, its stores and what it stands in front of included."],
    },
  ];
}

/** The same as those of the throughput, for where the load is the limit. */
function cpuTargets(ofBare: number): Target[] {
  const atMost = (of: string, to: string, share: number): Target => {
    return { of, to, bound: "at most", ratio: Math.round(100 / share) / 100 };
  };
  return [atMost(own, bare, ofBare), atMost(own, next, 25), atMost(cached, file, 0.95)];
}

function limitNotes(samples: ReadonlyMap<string, Samples>): string[] {
  const limited = [...samples].filter(([, { loadShare }]) => Math.max(...loadShare) > loadIsLimit);
  if (limited.length === 0) return [];
  const shares = limited.map(([name, { loadShare }]) => `${name} (${Math.round(Math.max(...loadShare) * 100)} %)`);
  return [
    `The load generator, one process, used up a core of its own for ${shares.join(", ")}: compare server CPU there.`,
  ];
}

function memoryTable(entrants: readonly Entrant[]): BenchTable {
  const rows = entrants.map((entrant): BenchRow => {
    const { name } = entrant;
    const bytes = peakBytes(entrant);
    return bytes === null
      ? { name, samples: [], absent: "the system does not tell" }
      : { name, samples: [bytes / 1e6] };
  });
  const notes = [
    "Peak of each process since its start, summed; without Postgres and Redis, for all of the above together.",
  ];
  return { title: "Peak memory", unit: "MB", better: "less", rows, targets: [], notes };
}

async function putReply({ url }: Contender, body: Buffer, headers: Record<string, string>): Promise<string> {
  const replyHeaders = { "x-reply-headers": JSON.stringify(headers) };
  await fetch(`${url}/body`, { method: "PUT", headers: replyHeaders, body: new Uint8Array(body) });
  return "/body";
}

async function runOf(entrant: Entrant, { headers, conditional }: Case): Promise<PollRun> {
  const { etag = "" } = (await fetchRaw(entrant, headers)).headers;
  const asked = { ...headers, ...(conditional && { "if-none-match": etag }) };
  const { status } = await fetchRaw(entrant, asked);
  const expected = conditional ? 304 : 200;
  if (status !== expected) throw new Error(`${entrant.name} answered ${status} where ${expected} was asked for`);
  return { url: entrant.url + entrant.path, headers: asked, connections, status };
}

/** `fetch` would decompress. */
async function fetchRaw({ url, path }: Entrant, headers: Record<string, string>): Promise<Reply> {
  const [response] = (await once(get(url + path, { headers }), "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const own = Object.entries(response.headers).filter(([name]) => !addedByNode.has(name));
  const replyHeaders = Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
  return { status: response.statusCode ?? 0, headers: replyHeaders, body: Buffer.concat(chunks) };
}
