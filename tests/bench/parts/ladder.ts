/** What one viewer costs by polling and by streaming, at several rates of change. */
import { setTimeout } from "node:timers/promises";
import { startRungs } from "@/tests/bench/contenders";
import { cpuSeconds } from "@/tests/bench/cpu";
import { type Dialogue, startDialogue } from "@/tests/bench/dialogue";
import { neededBytes } from "@/tests/bench/memory";
import type { BenchContext, BenchRow, BenchTable, Part } from "@/tests/bench/part";
import { program } from "@/tests/bench/processes";
import type { Posted } from "@/tests/bench/programs/post-load";
import type { Watched } from "@/tests/bench/programs/watch-load";

const changesPerSecond = [0.1, 1, 4];
const full = { viewers: 1_000 };
const short = { viewers: 20, seconds: 0.3, intervalMs: 300 };
/** Long enough for two changes, and for each viewer to poll. */
const secondsAt = (perSecond: number) => Math.max(8, 2 / perSecond);
const warmUpSeconds = 2;
const moreFiles = 1_000;

export const ladder: Part = {
  name: "ladder",
  what: "What one viewer costs by polling every 5 seconds and by streaming, as a board changes more often",
  run,
};

interface Stand {
  name: string;
  rungs: Awaited<ReturnType<typeof startRungs>>;
  posts: Dialogue;
  /** Undefined: nobody watches, which shows what the posts alone cost. */
  viewers: Dialogue | undefined;
  kBPerViewer: number[];
}

interface Samples {
  /** Microseconds of server CPU per second, for everyone. */
  cpu: number[];
  /** Bytes per second and viewer. */
  bytes: number[];
}

async function run({ rounds, smoke, say }: BenchContext): Promise<BenchTable[]> {
  const { viewers } = smoke ? short : full;
  const stands = [await newStand("none"), await newStand("poll"), await newStand("stream")];
  for (const stand of stands) await seat(stand, viewers, smoke);
  const samples = new Map<string, Samples>();
  for (let round = smoke ? 1 : 0; round <= rounds; round++) {
    for (const rate of changesPerSecond) {
      say(`round ${round}, ${rate} changes a second`);
      for (const stand of stands) {
        const seconds = smoke ? short.seconds : round === 0 ? warmUpSeconds : secondsAt(rate);
        const taken = await measure(stand, rate, seconds, viewers);
        // The first round warms up.
        if (round === 0) continue;
        const key = keyOf(stand.name, rate);
        const kept = samples.get(key) ?? { cpu: [], bytes: [] };
        samples.set(key, kept);
        if (taken.cpu !== null) kept.cpu.push(taken.cpu);
        kept.bytes.push(taken.bytes);
      }
    }
  }
  return tablesOf(viewers, stands, samples);
}

async function newStand(name: string): Promise<Stand> {
  const rungs = await startRungs({ openFiles: full.viewers + moreFiles });
  if (name === "stream") await rungs.stream();
  const posts = await startDialogue({ args: [program("post-load")] });
  return { name, rungs, posts, viewers: undefined, kBPerViewer: [] };
}

async function seat(stand: Stand, count: number, smoke: boolean): Promise<void> {
  if (stand.name === "none") return;
  const { url, boardId } = stand.rungs;
  const board = `${url}/api/v1/boards/${boardId}`;
  const before = await neededBytes(stand.rungs);
  stand.viewers = await startDialogue({ args: [program("watch-load")], openFiles: count + moreFiles });
  const interval = smoke ? { intervalMs: short.intervalMs } : {};
  const streaming = stand.name === "stream";
  await stand.viewers.ask(
    streaming
      ? { open: "stream", urls: [`${board}/stream`], count }
      : { open: "poll", urls: [board], count, ...interval },
  );
  const after = await neededBytes(stand.rungs);
  if (before !== null && after !== null) stand.kBPerViewer.push((after - before) / count / 1_000);
}

async function measure(
  { rungs, posts, viewers }: Stand,
  perSecond: number,
  seconds: number,
  count: number,
): Promise<{ cpu: number | null; bytes: number }> {
  await viewers?.ask({ collect: true });
  const [before, startedAt] = [cpuSeconds(...rungs.pids), performance.now()];
  const url = `${rungs.url}/api/v1/boards/${rungs.boardId}/scores`;
  await Promise.all([
    posts.ask<Posted>({ url, headers: rungs.headers, perSecond, seconds }),
    setTimeout(seconds * 1_000),
  ]);
  const [after, endedAt] = [cpuSeconds(...rungs.pids), performance.now()];
  const elapsed = (endedAt - startedAt) / 1_000;
  const watched = await viewers?.ask<Watched>({ collect: true });
  return {
    cpu: before === null || after === null ? null : ((after - before) * 1e6) / elapsed,
    bytes: (watched?.bytes ?? 0) / elapsed / count,
  };
}

function tablesOf(viewers: number, stands: readonly Stand[], samples: ReadonlyMap<string, Samples>): BenchTable[] {
  const kinds = ["poll", "stream"];
  const each = (pick: (taken: Samples, rate: number) => number[]): BenchRow[] =>
    changesPerSecond.flatMap((rate) =>
      kinds.map((kind) => {
        const taken = samples.get(keyOf(kind, rate)) ?? { cpu: [], bytes: [] };
        const row: BenchRow = { name: `Rungs, ${rate}/s, ${kind}`, samples: pick(taken, rate) };
        return row.samples.length > 0 ? row : { ...row, absent: "the system does not tell" };
      }),
    );
  const crowd = `${viewers.toLocaleString("en")} viewers`;
  const table = (title: string, unit: string, rows: BenchRow[], notes: string[]): BenchTable => {
    return { title, unit, better: "less", rows, targets: [], notes };
  };
  return [
    table(
      "Server CPU for one viewer",
      "µs/s",
      each(({ cpu }, rate) => {
        const alone = samples.get(keyOf("none", rate))?.cpu ?? [];
        return cpu.map((all, round) => (all - (alone[round] ?? 0)) / viewers);
      }),
      [`Of ${crowd}; what the posts cost while nobody watches is taken off.`],
    ),
    table(
      "Bytes on the wire for one viewer",
      "B/s",
      each(({ bytes }) => bytes),
      ["Received by the viewer, heads of replies included, TCP's own not."],
    ),
    table(
      "Memory for one viewer",
      "kB",
      stands
        .filter(({ name }) => name !== "none")
        .map(({ name, kBPerViewer }): BenchRow => {
          const row = { name: `Rungs, ${name}`, samples: kBPerViewer };
          return kBPerViewer.length > 0 ? row : { ...row, absent: "the system does not tell" };
        }),
      [`What the server grew by while ${crowd} came, garbage and free heap left out.`],
    ),
  ];
}

function keyOf(kind: string, rate: number): string {
  return `${kind} ${rate}`;
}
