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
  /** Length of one measurement. */
  ms: number;
  /** Grows, so that every score is an improvement. */
  score: number;
}

async function run(context: BenchContext): Promise<BenchTable[]> {
  const entrants = [await enter(own, process.cwd()), await enter(other, context.beside)];
  const stage: Stage = { ...context, entrants, ms: context.smoke ? 50 : 2_000, score: 1_000_000 };
  if (!context.smoke) for (const { rungs } of entrants) await untilIdle(rungs);
  return [
    ...(await measurePolls(stage, 304)),
    ...(await measurePolls(stage, 200)),
    ...(await measureWrites(stage, 64, 1)),
    ...(await measureWrites(stage, 4, 1_000)),
    ...(await measureStreams(stage)),
  ];
}

async function enter(name: string, checkout: string): Promise<Entrant> {
  const rungs = await startRungs({ openFiles: 2 * viewersMax, checkout });
  await rungs.stream();
  return { name, rungs, boardUrl: `${rungs.url}/api/v1/boards/${rungs.boardId}` };
}

async function measurePolls(stage: Stage, status: 200 | 304): Promise<BenchTable[]> {
  const load = await startDialogue({ args: [program("poll-load")] });
  const perSecond = new Samples();
  const cpu = new CpuSamples();
  await inTurns(stage, `polls answered ${status}`, async ({ name, rungs, boardUrl }, isMeasured) => {
    const { headers } = await fetch(boardUrl, { headers: { "accept-encoding": "br" } });
    const etag = headers.get("etag") ?? "";
    const asked = { "accept-encoding": "br", ...(status === 304 && { "if-none-match": etag }) };
    const task: PollRun = { url: boardUrl, headers: asked, connections, seconds: stage.ms / 1000, status };
    const work = () => load.ask<PollResult>(task);
    if (!isMeasured) return void (await work());
    const result = await cpu.during(
      name,
      () => cpuSecondsApart(...rungs.pids),
      work,
      ({ requests }) => requests,
    );
    perSecond.add(name, result.requests / result.seconds);
  });
  await load.stop();
  return [
    perSecond.table({ title: `Polls answered ${status}`, unit: "req/s", better: "more" }, { targets: [atLeast] }),
    cpu.program.table(
      { title: `Polls answered ${status}: CPU of the server's process`, unit: "µs/req", better: "less" },
      { targets: [atMost] },
    ),
  ];
}

async function measureWrites(stage: Stage, clients: number, batch: number): Promise<BenchTable[]> {
  const load = await startDialogue({ args: [program("write-load")] });
  const perSecond = new Samples();
  const cpu = new CpuSamples();
  const what = batch === 1 ? `Single scores, ${clients} clients` : `Batches of ${batch}, ${clients} at a time`;
  await inTurns(stage, what, async ({ name, rungs, boardUrl }, isMeasured) => {
    const { ms, score: from } = stage;
    const url = `${boardUrl}/scores`;
    const task: WriteRun = { url, headers: rungs.headers, clients, batch, ms, players: 10_000, from };
    const work = () => load.ask<Written>(task);
    const read = () => cpuSecondsApart(...rungs.pids);
    const written = isMeasured ? await cpu.during(name, read, work, ({ scores }) => scores) : await work();
    stage.score = written.next;
    if (isMeasured) perSecond.add(name, written.scores / written.seconds);
  });
  await load.stop();
  return [
    perSecond.table({ title: what, unit: "scores/s", better: "more" }, { targets: [atLeast] }),
    cpu.program.table({ title: `${what}: CPU of the server's process`, unit: "µs/score", better: "less" }),
    cpu.stores.table({ title: `${what}: CPU of Postgres and Redis`, unit: "µs/score", better: "less" }),
  ];
}

async function measureStreams(stage: Stage): Promise<BenchTable[]> {
  const count = stage.smoke ? 20 : viewersMax;
  const loads = new Map<string, Dialogue>();
  for (const { name, boardUrl } of stage.entrants) {
    const load = await startDialogue({ args: [program("stream-load")], openFiles: 2 * viewersMax });
    const viewers: Viewers = { kind: "sse", url: `${boardUrl}/stream`, seated: "event: snapshot", count };
    await load.ask(viewers);
    loads.set(name, load);
  }
  const last = new Samples();
  const cpu = new CpuSamples();
  await inTurns(stage, `${count} viewers`, async ({ name, rungs, boardUrl }, isMeasured) => {
    const events = async () => {
      for (let event = 0; event < eventsPerRound; event++) {
        const score = ++stage.score;
        const body = JSON.stringify({ player: "player-7", score });
        const trigger: Trigger = { url: `${boardUrl}/scores`, headers: rungs.headers, body, mark: `"score":${score},` };
        const arrivals = await loads.get(name)?.ask<Arrivals>(trigger);
        if (isMeasured && arrivals) last.add(name, arrivals.last);
        await setTimeout(restMs);
      }
      return eventsPerRound * count;
    };
    if (!isMeasured) return void (await events());
    await cpu.during(
      name,
      () => cpuSecondsApart(...rungs.pids),
      events,
      (received) => received,
    );
  });
  const viewers = `${count.toLocaleString("en")} viewers`;
  return [
    last.table({ title: `${viewers}: event to last viewer`, unit: "ms", better: "less" }, { targets: [atMost] }),
    cpu.program.table({
      title: `${viewers}: CPU of the server's process`,
      unit: "µs/event and viewer",
      better: "less",
    }),
  ];
}

/** A first round that warms up, then the measured ones; who begins changes from round to round. */
async function inTurns(
  { entrants, rounds, say }: Stage,
  what: string,
  measure: (entrant: Entrant, isMeasured: boolean) => Promise<void>,
): Promise<void> {
  for (let round = 0; round <= rounds; round++) {
    say(`${what}, ${round === 0 ? "warming up" : `round ${round}`}`);
    for (const entrant of round % 2 === 0 ? entrants : entrants.toReversed()) await measure(entrant, round > 0);
  }
}

const atLeast: Target = { of: own, to: other, bound: "at least", ratio: 1 - noise };
const atMost: Target = { of: own, to: other, bound: "at most", ratio: 1 + noise };
