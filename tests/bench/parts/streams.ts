/** Time from an event until the last of many viewers has it, and what viewers cost. */
import { setTimeout } from "node:timers/promises";
import { type Contender, type RungsContender, startNext, startRungs } from "@/tests/bench/contenders";
import { cpuSeconds } from "@/tests/bench/cpu";
import { type Dialogue, startDialogue } from "@/tests/bench/dialogue";
import { neededBytes } from "@/tests/bench/memory";
import type { BenchContext, BenchRow, BenchTable, Part, Target } from "@/tests/bench/part";
import { startNchan, startPeer } from "@/tests/bench/peers";
import { program, stopAll } from "@/tests/bench/processes";
import type { Arrivals, Trigger, Viewers } from "@/tests/bench/programs/stream-load";

const sizes = [1_000, 4_000, 8_000];
const sizeInSmoke = 20;
const eventsPerRound = 4;
/** Longer than the coalescing step, so that each event meets a board at rest. */
const restMs = 400;
/** What a server needs beside its viewers. */
const moreFiles = 1_000;
/** Of the time to the last viewer. */
const loadIsLimit = 0.9;

const own = "Rungs";
const bare = "bare res.write";
const raw = "bare socket.write";
const betterSse = "better-sse";
const nchan = "nchan (nginx)";
const next = "next start";

export const streams: Part = {
  name: "streams",
  what: "One change to many viewers: from the request that makes it to the last one that has it",
  run,
};

interface Entrant extends Contender {
  name: string;
  viewers: Omit<Viewers, "count">;
  /** The request for an event with that score, which the event then contains. */
  trigger(score: number): Trigger;
}

interface Samples {
  last: number[];
  spread: number[];
  cpuPerEvent: number[];
  memoryPerViewer: number[];
  loadShare: number[];
}

async function run({ rounds, smoke, say }: BenchContext): Promise<BenchTable[]> {
  const tables: BenchTable[] = [];
  for (const size of smoke ? [sizeInSmoke] : sizes) {
    say(`${size} viewers each`);
    tables.push(...(await measureSize(size, { rounds, events: smoke ? 1 : eventsPerRound })));
    // Memory that viewers leave behind is not to count for the next.
    await stopAll();
  }
  return tables;
}

async function measureSize(
  size: number,
  { rounds, events }: { rounds: number; events: number },
): Promise<BenchTable[]> {
  const { entrants, missing } = await startAll(size);
  const samples = new Map<string, Samples>();
  const loads = new Map<string, Dialogue>();
  for (const entrant of entrants) {
    const taken: Samples = { last: [], spread: [], cpuPerEvent: [], memoryPerViewer: [], loadShare: [] };
    samples.set(entrant.name, taken);
    loads.set(entrant.name, await seat(entrant, size, taken));
  }
  let score = 1_000_000;
  for (let round = 0; round <= rounds; round++) {
    for (const entrant of entrants) {
      const load = loads.get(entrant.name) as Dialogue;
      const taken = samples.get(entrant.name) as Samples;
      const before = cpuSeconds(...entrant.pids);
      for (let event = 0; event < events; event++) {
        const { first, last, cpuMs } = await load.ask<Arrivals>(entrant.trigger(++score));
        await setTimeout(restMs);
        // The first round warms up.
        if (round === 0) continue;
        taken.last.push(last);
        taken.spread.push(last - first);
        taken.loadShare.push(cpuMs / last);
      }
      const after = cpuSeconds(...entrant.pids);
      if (round > 0 && before !== null && after !== null) taken.cpuPerEvent.push(((after - before) * 1000) / events);
    }
  }
  return tablesOf(size, samples, missing);
}

/** Seats viewers, and sees what the server has grown by. */
async function seat(entrant: Entrant, size: number, { memoryPerViewer }: Samples): Promise<Dialogue> {
  const load = await startDialogue({ args: [program("stream-load")], openFiles: size + moreFiles });
  const before = await neededBytes(entrant);
  await load.ask({ ...entrant.viewers, count: size });
  const after = await neededBytes(entrant);
  if (before !== null && after !== null) memoryPerViewer.push((after - before) / size / 1000);
  return load;
}

async function startAll(size: number): Promise<{ entrants: Entrant[]; missing: Record<string, string> }> {
  const missing: Record<string, string> = {};
  const openFiles = size + moreFiles;
  const options = { openFiles };
  const entrants = [
    rungsEntrant(own, await startRungs(options)),
    peer(bare, await startPeer("bare-server", options), { path: "/stream", seated: "retry: 1000", encode: frame }),
    peer(raw, await startPeer("bare-server", options), { path: "/raw-stream", seated: "retry: 1000", encode: frame }),
    peer(betterSse, await startPeer("better-sse-server", options), { seated: "welcome" }),
    peer("ws", await startPeer("ws-server", options), { kind: "ws", seated: "welcome" }),
    peer("socket.io", await startPeer("socket-io-server", options), {
      kind: "socket.io",
      path: "/socket.io/?EIO=4&transport=websocket",
      seated: '40{"sid"',
    }),
    rungsEntrant(next, await startNext(options)),
  ];
  try {
    entrants.push(peer(nchan, await startNchan(size), { seated: ": hi" }));
  } catch (error) {
    missing[nchan] = `not installed (${(error as Error).message})`;
  }
  for (const entrant of entrants) if ("rungs" in entrant) await (entrant.rungs as RungsContender).stream();
  return { entrants, missing };
}

function rungsEntrant(name: string, rungs: RungsContender): Entrant & { rungs: RungsContender } {
  const board = `${rungs.url}/api/v1/boards/${rungs.boardId}`;
  return {
    ...rungs,
    rungs,
    name,
    viewers: { kind: "sse", url: `${board}/stream`, seated: "event: snapshot" },
    trigger: (score) => {
      const body = JSON.stringify({ player: "player-7", score });
      return { url: `${board}/scores`, headers: rungs.headers, body, mark: markOf(score) };
    },
  };
}

interface PeerOptions {
  kind?: Viewers["kind"];
  path?: string;
  seated: string;
  /** What is posted to the server for it to send. */
  encode?(delta: string): string;
}

function peer(name: string, contender: Contender, options: PeerOptions): Entrant {
  const { kind = "sse", path = "/stream", seated, encode = (delta) => delta } = options;
  return {
    ...contender,
    name,
    viewers: { kind, url: contender.url + path, seated },
    trigger: (score) => {
      const headers = { "content-type": "application/json" };
      return { url: `${contender.url}/event`, headers, body: encode(deltaLike(score)), mark: markOf(score) };
    },
  };
}

function markOf(score: number): string {
  return `"score":${score},`;
}

/** What Rungs sends for one player's new score, so that all write as many bytes. */
function deltaLike(score: number): string {
  const entry = { rank: 1, position: 1, player: "player-7", name: "Player 7", score, tiebreaks: [], previousRank: 1 };
  return JSON.stringify({ from: 10, to: 11, total: 100, changed: [entry], removed: [] });
}

function frame(delta: string): string {
  return `id: abcdefgh-11\nevent: delta\ndata: ${delta}\n\n`;
}

function tablesOf(size: number, samples: ReadonlyMap<string, Samples>, missing: Record<string, string>): BenchTable[] {
  const viewers = `${size.toLocaleString("en")} viewers`;
  const rows = (pick: (taken: Samples) => number[]): BenchRow[] => [
    ...[...samples].map(([name, taken]): BenchRow => {
      const picked = pick(taken);
      return picked.length > 0 ? { name, samples: picked } : { name, samples: [], absent: "the system does not tell" };
    }),
    ...Object.entries(missing).map(([name, absent]) => ({ name, samples: [], absent })),
  ];
  const table = (title: string, unit: string, pick: (taken: Samples) => number[]): BenchTable => {
    return { title: `${viewers}: ${title}`, unit, better: "less", rows: rows(pick), targets: [], notes: [] };
  };
  const atMost = (to: string, ratio: number): Target => ({ of: own, to, bound: "at most", ratio });
  return [
    {
      ...table("event to last viewer", "ms", ({ last }) => last),
      targets: [atMost(nchan, 1), atMost(bare, 1.1), atMost(betterSse, 1 / 1.4), atMost(next, 1 / 4)].map(rounded),
      notes: ["Rungs and `next start` commit the score to disk first.", ...limitNotes(samples)],
    },
    table("first to last viewer", "ms", ({ spread }) => spread),
    {
      ...table("server CPU per event", "ms", ({ cpuPerEvent }) => cpuPerEvent),
      notes: [`All processes, and what they do in ${restMs} ms of rest: heartbeats, for instance.`],
    },
    {
      ...table("memory per viewer", "kB", ({ memoryPerViewer }) => memoryPerViewer),
      targets: [{ of: own, to: null, bound: "at most", ratio: 15 }],
      notes: ["What the server's processes grew by while the viewers came, garbage and free heap left out."],
    },
  ];
}

function rounded(target: Target): Target {
  return { ...target, ratio: Math.round(target.ratio * 100) / 100 };
}

function limitNotes(samples: ReadonlyMap<string, Samples>): string[] {
  const limited = [...samples].filter(([, { loadShare }]) => median(loadShare) > loadIsLimit);
  if (limited.length === 0) return [];
  const names = limited.map(([name]) => name).join(", ");
  return [
    `The process of the viewers was busy for over ${loadIsLimit * 100} % of that time for ${names}: compare server CPU.`,
  ];
}

function median(samples: readonly number[]): number {
  return [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}
