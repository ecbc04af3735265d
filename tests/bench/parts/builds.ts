/**
 * This build beside that of another checkout (`--beside FOLDER`), each on stores of its own, in turns. Without another
 * checkout this build runs twice, and the differences show how much of a ratio is noise.
 */
import { setTimeout } from "node:timers/promises";
import { type RungsContender, startRungs } from "@/tests/bench/contenders";
import { cpuSecondsApart } from "@/tests/bench/cpu";
import { CpuSamples } from "@/tests/bench/cpu-samples";
import { type Dialogue, startDialogue } from "@/tests/bench/dialogue";
import type { BenchContext, BenchTable, Part, Target } from "@/tests/bench/part";
import { program } from "@/tests/bench/processes";
import type { PollResult, PollRun } from "@/tests/bench/programs/poll-load";
import type { Arrivals, Trigger, Viewers } from "@/tests/bench/programs/stream-load";
import type { WriteRun, Written } from "@/tests/bench/programs/write-load";
import { Samples } from "@/tests/bench/samples";
import { untilIdle } from "@/tests/bench/until-idle";

const own = "this build";
const other = "the other build";
const connections = 64;
/** Below the limit of streams for one address. */
const viewersMax = 1_000;
const eventsPerRound = 4;
/** Longer than the coalescing step, so that each event meets a board at rest. */
const restMs = 400;
/** Until what a new process does at first is compiled for good: that takes some seconds of each kind of request. */
const warmUps = 3;
/** Two runs of one build differ by as much on a shared machine. */
const noise = 0.05;

export const builds: Part = {
  name: "builds",
  what: "This build beside that of another checkout: polls, writes and streams",
  run,
};

interface Entrant {
  name: string;
  rungs: RungsContender;
  boardUrl: string;
}

interface Stage extends BenchContext {
  entrants: readonly Entrant[];
  /** Counted from 1. */
  round: number;
  /** Length of one measurement. */
  ms: number;
  /** Grows, so that every score is an improvement. */
  score: number;
}

/** What was measured in all rounds. */
interface Figures {
  main: Samples;
  cpu: CpuSamples;
}

/**
 * Both servers are started anew for every round: how well the same code is compiled differs from one process to the next,
 * by up to half of what a poll costs, and stays as it is for as long as the process lives.
 */
async function run(context: BenchContext): Promise<BenchTable[]> {
  const ms = context.smoke ? 50 : 2_000;
  const figures = () => ({ main: new Samples(), cpu: new CpuSamples() });
  const [unchanged, whole, singles, batches, events] = [figures(), figures(), figures(), figures(), figures()];
  for (let round = 1; round <= context.rounds; round++) {
    const entrants = [await enter(own, process.cwd()), await enter(other, context.beside)];
    const stage: Stage = { ...context, entrants, round, ms, score: 1_000_000 };
    if (!context.smoke) for (const { rungs } of entrants) await untilIdle(rungs);
    await measurePolls(stage, 304, unchanged);
    await measurePolls(stage, 200, whole);
    await measureWrites(stage, 64, 1, singles);
    await measureWrites(stage, 4, 1_000, batches);
    await measureStreams(stage, events);
    await Promise.all(entrants.map(({ rungs }) => rungs.stop()));
  }
  return [
    ...tablesOf("Polls answered 304", { unit: "req/s", each: "req" }, unchanged),
    ...tablesOf("Polls answered 200", { unit: "req/s", each: "req" }, whole),
    ...tablesOf("Single scores, 64 clients", { unit: "scores/s", each: "score" }, singles),
    ...tablesOf("Batches of 1000, 4 at a time", { unit: "scores/s", each: "score" }, batches),
    ...tablesOf("Event to last viewer of many", { unit: "ms", each: "event and viewer" }, events),
  ];
}

/** @param each what the processor time is divided by */
function tablesOf(title: string, { unit, each }: { unit: string; each: string }, { main, cpu }: Figures): BenchTable[] {
  const isRate = unit.endsWith("/s");
  const perEach = { unit: `µs/${each}`, better: "less" } as const;
  return [
    main.table({ title, unit, better: isRate ? "more" : "less" }, { targets: [isRate ? atLeast : atMost] }),
    cpu.program.table({ title: `${title}: CPU of the server's process`, ...perEach }, { targets: [atMost] }),
    cpu.stores.table({ title: `${title}: CPU of Postgres and Redis`, ...perEach }),
  ];
}

async function enter(name: string, checkout: string): Promise<Entrant> {
  const rungs = await startRungs({ openFiles: 2 * viewersMax, checkout });
  await rungs.stream();
  return { name, rungs, boardUrl: `${rungs.url}/api/v1/boards/${rungs.boardId}` };
}

async function measurePolls(stage: Stage, status: 200 | 304, { main, cpu }: Figures): Promise<void> {
  const load = await startDialogue({ args: [program("poll-load")] });
  await inTurns(stage, `polls answered ${status}`, async ({ name, rungs, boardUrl }, isMeasured) => {
    const { headers } = await fetch(boardUrl, { headers: { "accept-encoding": "br" } });
    const etag = headers.get("etag") ?? "";
    const asked = { "accept-encoding": "br", ...(status === 304 && { "if-none-match": etag }) };
    const task: PollRun = { url: boardUrl, headers: asked, connections, seconds: stage.ms / 1000, status };
    const work = () => load.ask<PollResult>(task);
    if (!isMeasured) return void (await work());
    const read = () => cpuSecondsApart(...rungs.pids);
    const result = await cpu.during(name, read, work, ({ requests }) => requests);
    main.add(name, result.requests / result.seconds);
  });
  await load.stop();
}

async function measureWrites(stage: Stage, clients: number, batch: number, { main, cpu }: Figures): Promise<void> {
  const load = await startDialogue({ args: [program("write-load")] });
  await inTurns(stage, `${clients} clients posting ${batch}`, async ({ name, rungs, boardUrl }, isMeasured) => {
    const { ms, score: from } = stage;
    const url = `${boardUrl}/scores`;
    const task: WriteRun = { url, headers: rungs.headers, clients, batch, ms, players: 10_000, from };
    const work = () => load.ask<Written>(task);
    const read = () => cpuSecondsApart(...rungs.pids);
    const written = isMeasured ? await cpu.during(name, read, work, ({ scores }) => scores) : await work();
    stage.score = written.next;
    if (isMeasured) main.add(name, written.scores / written.seconds);
  });
  await load.stop();
}

async function measureStreams(stage: Stage, { main, cpu }: Figures): Promise<void> {
  const count = stage.smoke ? 20 : viewersMax;
  const loads = new Map<string, Dialogue>();
  for (const { name, boardUrl } of stage.entrants) {
    const load = await startDialogue({ args: [program("stream-load")], openFiles: 2 * viewersMax });
    const viewers: Viewers = { kind: "sse", url: `${boardUrl}/stream`, seated: "event: snapshot", count };
    await load.ask(viewers);
    loads.set(name, load);
  }
  await inTurns(stage, `${count} viewers`, async ({ name, rungs, boardUrl }, isMeasured) => {
    const events = async () => {
      for (let event = 0; event < eventsPerRound; event++) {
        const score = ++stage.score;
        const body = JSON.stringify({ player: "player-7", score });
        const trigger: Trigger = { url: `${boardUrl}/scores`, headers: rungs.headers, body, mark: `"score":${score},` };
        const arrivals = await loads.get(name)?.ask<Arrivals>(trigger);
        if (isMeasured && arrivals) main.add(name, arrivals.last);
        await setTimeout(restMs);
      }
      return eventsPerRound * count;
    };
    const read = () => cpuSecondsApart(...rungs.pids);
    if (isMeasured) await cpu.during(name, read, events, (received) => received);
    else await events();
  });
  await Promise.all([...loads.values()].map((load) => load.stop()));
}

/** Each entrant some times to warm up, then each measured; who begins changes from round to round. */
async function inTurns(
  { entrants, round, say, smoke }: Stage,
  what: string,
  measure: (entrant: Entrant, isMeasured: boolean) => Promise<void>,
): Promise<void> {
  say(`round ${round}: ${what}`);
  const last = smoke ? 1 : warmUps;
  for (let turn = 0; turn <= last; turn++) {
    for (const entrant of round % 2 === 0 ? entrants : entrants.toReversed()) await measure(entrant, turn === last);
  }
}

const atLeast: Target = { of: own, to: other, bound: "at least", ratio: 1 - noise };
const atMost: Target = { of: own, to: other, bound: "at most", ratio: 1 + noise };
