/** What boards cost while nothing happens: many with one viewer each, beside one with as many viewers. */
import { setTimeout } from "node:timers/promises";
import { createClient } from "@redis/client";
import { type RungsContender, startRungs } from "@/tests/bench/contenders";
import { cpuSeconds } from "@/tests/bench/cpu";
import { startDialogue } from "@/tests/bench/dialogue";
import { neededBytes } from "@/tests/bench/memory";
import type { BenchContext, BenchRow, BenchTable, Part } from "@/tests/bench/part";
import { program } from "@/tests/bench/processes";

const full = { boards: 10_000, idleSeconds: 20 };
const short = { boards: 20, idleSeconds: 0.5 };
/** Requests under way at once while boards are made. */
const makersMax = 32;
const scoresEach = 10;
const moreFiles = 1_000;

export const boards: Part = {
  name: "boards",
  what: `What idle boards cost: ${full.boards.toLocaleString("en")} with one viewer each, one with all the viewers`,
  run,
};

interface Stand {
  name: string;
  rungs: RungsContender;
  /** Addresses to watch, by a viewer each in turn. */
  streams: string[];
  viewers: number;
  before: number | null;
  coresIdle: number[];
}

async function run({ rounds, smoke, say }: BenchContext): Promise<BenchTable[]> {
  const { boards: count, idleSeconds } = smoke ? short : full;
  const crowd = count.toLocaleString("en");
  say(`making ${crowd} boards`);
  const stands = await Promise.all([
    newStand(`Rungs, ${crowd} boards of 1 viewer`, { boards: count, viewers: count }),
    newStand(`Rungs, 1 board of ${crowd} viewers`, { boards: 1, viewers: count }),
    newStand("Rungs without viewers", { boards: 1, viewers: 0 }),
  ]);
  for (const stand of stands) {
    say(stand.name);
    await seat(stand);
  }
  for (let round = 0; round < rounds; round++) {
    say(`idle, round ${round + 1}`);
    // None of them does anything, so all can be looked at in the same stretch of time.
    const before = stands.map(({ rungs }) => cpuSeconds(...rungs.pids));
    await setTimeout(idleSeconds * 1_000);
    for (const [i, { rungs, coresIdle }] of stands.entries()) {
      const [then, now] = [before[i] ?? null, cpuSeconds(...rungs.pids)];
      if (then !== null && now !== null) coresIdle.push(((now - then) * 1_000) / idleSeconds);
    }
  }
  return [await memoryTable(stands), cpuTable(stands), await timersTable(stands), await channelsTable(stands)];
}

async function newStand(
  name: string,
  { boards: count, viewers }: Pick<Stand, "viewers"> & { boards: number },
): Promise<Stand> {
  const rungs = await startRungs({ openFiles: viewers + moreFiles });
  const ids = Array.from({ length: count }, (_, i) => `board-${i}`);
  const left = [...ids];
  const maker = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) await makeBoard(rungs, id);
  };
  await Promise.all(Array.from({ length: makersMax }, maker));
  const streams = ids.map((id) => `${rungs.url}/api/v1/boards/${id}/stream`);
  return { name, rungs, streams, viewers, before: null, coresIdle: [] };
}

async function makeBoard({ call }: RungsContender, id: string): Promise<void> {
  await call("POST", "/api/v1/boards", { id, name: id, delivery: "sse" });
  const scores = Array.from({ length: scoresEach }, (_, i) => ({ player: `player-${i}`, score: i }));
  await call("POST", `/api/v1/boards/${id}/scores`, { scores });
}

async function seat(stand: Stand): Promise<void> {
  const { rungs, streams, viewers: count } = stand;
  stand.before = await neededBytes(rungs);
  if (count === 0) return;
  const viewers = await startDialogue({ args: [program("watch-load")], openFiles: count + moreFiles });
  await viewers.ask({ open: "stream", urls: streams, count });
}

async function memoryTable(stands: readonly Stand[]): Promise<BenchTable> {
  const rows: BenchRow[] = [];
  for (const { name, rungs, before, viewers } of stands.filter((stand) => stand.viewers > 0)) {
    const now = await neededBytes(rungs);
    if (now === null || before === null) rows.push({ name, samples: [], absent: "the system does not tell" });
    else rows.push({ name, samples: [(now - before) / viewers / 1_000] });
  }
  const notes = [
    "What the server grew by until the end of the idle time, for a board with its viewer or for a viewer; garbage and free heap left out.",
  ];
  return { title: "Memory per viewer", unit: "kB", better: "less", rows, targets: [], notes };
}

function cpuTable(stands: readonly Stand[]): BenchTable {
  const rows = stands.map(({ name, coresIdle }): BenchRow => {
    const row = { name, samples: coresIdle };
    return coresIdle.length > 0 ? row : { ...row, absent: "the system does not tell" };
  });
  const notes = ["All processes, Postgres and Redis included; each viewer gets a heartbeat every 15 seconds."];
  return { title: "CPU while nothing happens", unit: "ms/s", better: "less", rows, targets: [], notes };
}

async function timersTable(stands: readonly Stand[]): Promise<BenchTable> {
  const rows: BenchRow[] = [];
  for (const { name, rungs } of stands) {
    const reading = await rungs.probe?.();
    rows.push(reading ? { name, samples: [reading.timers] } : { name, samples: [], absent: "no reading" });
  }
  const notes = ["Set by setTimeout and setInterval in the server's process at one moment."];
  return { title: "Timers", unit: "timers", better: "less", rows, targets: [], notes };
}

async function channelsTable(stands: readonly Stand[]): Promise<BenchTable> {
  const rows: BenchRow[] = [];
  for (const { name, rungs } of stands) {
    if (!rungs.redisUrl) {
      rows.push({ name, samples: [], absent: "no Redis" });
      continue;
    }
    const client = await createClient({ url: rungs.redisUrl }).connect();
    rows.push({ name, samples: [(await client.pubSubChannels()).length] });
    client.destroy();
  }
  const notes = ["Channels that anyone has subscribed to."];
  return { title: "Redis subscriptions", unit: "channels", better: "less", rows, targets: [], notes };
}
