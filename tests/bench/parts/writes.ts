/**
 * The write path: what a score costs until it is durable and answered. Rungs and its peers share one Postgres, which
 * writes through to the disk (fsync on), in databases of their own with the same tables.
 */
import type { Sql } from "postgres";
import { type RungsContender, startRungs } from "@/tests/bench/contenders";
import { cpuSecondsApart } from "@/tests/bench/cpu";
import { CpuSamples } from "@/tests/bench/cpu-samples";
import { type Dialogue, startDialogue } from "@/tests/bench/dialogue";
import { measureIndexPart } from "@/tests/bench/index-writes";
import { peakBytes } from "@/tests/bench/memory";
import type { BenchContext, BenchTable, Part } from "@/tests/bench/part";
import { createPeerDatabase } from "@/tests/bench/peer-database";
import { checkDurable, openPeer, preparePeer } from "@/tests/bench/peer-writes";
import { program } from "@/tests/bench/processes";
import type { Done, InProcess, Listening } from "@/tests/bench/programs/bare-writer";
import type { WriteRun, Written } from "@/tests/bench/programs/write-load";
import { Samples } from "@/tests/bench/samples";
import { storesOf } from "@/tests/bench/server-stores";
import { untilIdle } from "@/tests/bench/until-idle";

export const writes: Part = {
  name: "writes",
  what: "Durable scores, one by one and in batches, beside the same rows written by bare programs",
  run,
};

const board = "writes";
const transaction = "one transaction per post, HTTP";
const statement = "one statement per post, HTTP";
const coalescingHttp = "bare coalescing writer, HTTP";
const coalescingHere = "bare coalescing writer, in process";
const batchHere = "bare postgres.js";

interface Stage {
  context: BenchContext;
  rungs: RungsContender;
  scoresUrl: string;
  load: Dialogue;
  bare: Dialogue;
  bareUrl: string;
  ms: number;
  players: number;
  /** Grows, so that every score is an improvement. */
  score: number;
  /** Scores answered so far, which have to be in Postgres at the end. */
  acknowledged: { rungs: number; bare: number };
}

async function run(context: BenchContext): Promise<BenchTable[]> {
  const rungs = await startRungs();
  const { databaseUrl, redisUrl } = storesOf(rungs);
  // One that keeps the best, as the peers do.
  await rungs.call("POST", "/api/v1/boards", { id: board, name: "Writes" });
  const peerUrl = await createPeerDatabase(databaseUrl, "peer");
  await inDatabase(peerUrl, preparePeer);
  const load = await startDialogue({ args: [program("write-load")] });
  const bare = await startDialogue({ args: [program("bare-writer"), peerUrl] });
  const { url: bareUrl } = await bare.ask<Listening>({});
  const scoresUrl = `${rungs.url}/api/v1/boards/${board}/scores`;
  const size = context.smoke ? { ms: 50, players: 100 } : { ms: 2_000, players: 10_000 };
  const acknowledged = { rungs: 0, bare: 0 };
  const stage: Stage = { context, rungs, scoresUrl, load, bare, bareUrl, ...size, score: 0, acknowledged };
  if (!context.smoke) await untilIdle(rungs);
  await warmUp(stage);
  const tables: BenchTable[] = [];
  for (const clients of context.smoke ? [1, 8] : [1, 64, 256]) tables.push(...(await measureSingles(stage, clients)));
  for (const batch of context.smoke ? [10] : [100, 1_000]) tables.push(await measureBatches(stage, batch));
  tables.push(peakMemory(stage));
  tables.push(...(await measureIndexPart(context, redisUrl)));
  await inDatabase(databaseUrl, async (sql) => {
    const [row] = await sql<{ uid: number }[]>`select uid from boards where id = ${board}`;
    await checkDurable(sql, acknowledged.rungs, row?.uid);
  });
  await inDatabase(peerUrl, (sql) => checkDurable(sql, acknowledged.bare));
  return tables;
}

async function inDatabase(url: string, use: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = openPeer(url);
  await use(sql).finally(() => sql.end());
}

/** Gives nearly every player a standing on both sides, so that what is measured updates more than it inserts. */
async function warmUp(stage: Stage): Promise<void> {
  await post(stage, stage.scoresUrl, 4, 1_000);
  await here(stage, "batch", 4, 1_000);
  for (const way of ["transaction", "statement", "coalescing"]) await post(stage, `${stage.bareUrl}/${way}`, 64, 1);
}

async function measureSingles(stage: Stage, clients: number): Promise<BenchTable[]> {
  const figures = { perSecond: new Samples(), p50: new Samples(), p99: new Samples() };
  const cpu = new CpuSamples();
  let loadMax = 0;
  const rungs = () => cpuOf(stage, stage.rungs);
  const bare = () => cpuOf(stage, { pids: [stage.bare.pid] });
  const scoresOf = ({ scores }: Done) => scores;
  const overHttp = async (name: string, url: string, read: typeof rungs) => {
    const written = await cpu.during(name, read, () => post(stage, url, clients, 1), scoresOf);
    figures.perSecond.add(name, written.scores / written.seconds);
    figures.p50.add(name, written.p50);
    figures.p99.add(name, written.p99);
    loadMax = Math.max(loadMax, written.cpuSeconds / written.seconds);
  };
  for (let round = 1; round <= stage.context.rounds; round++) {
    stage.context.say(`single scores, ${clients} clients, round ${round}`);
    await overHttp("Rungs", stage.scoresUrl, rungs);
    await overHttp(transaction, `${stage.bareUrl}/transaction`, bare);
    await overHttp(statement, `${stage.bareUrl}/statement`, bare);
    await overHttp(coalescingHttp, `${stage.bareUrl}/coalescing`, bare);
    const done = await cpu.during(coalescingHere, bare, () => here(stage, "coalescing", clients, 1), scoresOf);
    figures.perSecond.add(coalescingHere, done.scores / done.seconds);
  }
  const title = `Single scores, ${clients} ${clients === 1 ? "client" : "clients"}`;
  const limit = `The load's process used ${loadMax.toFixed(2)} of a core at most.`;
  const less = (what: string, unit: string) => ({ title: `${title}: ${what}`, unit, better: "less" as const });
  return [
    figures.perSecond.table(
      { title, unit: "scores/s", better: "more" },
      { targets: singleTargets(clients), notes: [...about, limit] },
    ),
    figures.p50.table(less("median latency", "ms"), clients === 1 ? lone : {}),
    figures.p99.table(less("99th percentile of latency", "ms")),
    cpu.program.table(less("CPU of the server's process", "µs/score")),
    cpu.stores.table(less("CPU of Postgres and Redis", "µs/score")),
  ];
}

const about = [
  "Rungs also takes the board's lock, keeps order, checks an API key, changes the rank index and answers ranks before and after.",
  "The bare programs do none of that; 20 connections each, as Rungs has.",
];

function singleTargets(clients: number): BenchTable["targets"] {
  if (clients !== 64) return [];
  return [
    { of: "Rungs", to: transaction, bound: "at least", ratio: 8 },
    { of: "Rungs", to: coalescingHere, bound: "at least", ratio: 0.5 },
  ];
}

/** A timer would add its length to a lone writer's latency, which is otherwise a few round trips and one write to disk. */
const lone: Pick<BenchTable, "targets" | "notes"> = {
  targets: [{ of: "Rungs", to: transaction, bound: "at most", ratio: 2 }],
  notes: [
    "No timer is waited for: a lone post costs round trips (Postgres, then the rank index) and one write to the disk.",
  ],
};

async function measureBatches(stage: Stage, batch: number): Promise<BenchTable> {
  const perSecond = new Samples();
  for (let round = 1; round <= stage.context.rounds; round++) {
    stage.context.say(`batches of ${batch}, round ${round}`);
    for (const callers of [1, 4]) {
      const posted = await post(stage, stage.scoresUrl, callers, batch);
      perSecond.add(`Rungs, ${callers} at a time`, posted.scores / posted.seconds);
      const bare = await here(stage, "batch", callers, batch);
      perSecond.add(`${batchHere}, ${callers} at a time`, bare.scores / bare.seconds);
    }
  }
  const targets = [1, 4].map((callers) => ({
    of: `Rungs, ${callers} at a time`,
    to: `${batchHere}, ${callers} at a time`,
    bound: "at least" as const,
    ratio: 0.7,
  }));
  return perSecond.table(
    { title: `Batches of ${batch}`, unit: "rows/s", better: "more" },
    {
      targets,
      notes: ["Rungs over HTTP; the bare loop in its own process, without HTTP, JSON, board lock or rank index."],
    },
  );
}

function peakMemory({ rungs, bare }: Stage): BenchTable {
  const megabytes = new Samples();
  for (const [name, pids] of [
    ["Rungs", rungs.pids],
    ["the bare program", [bare.pid]],
  ] as const) {
    const bytes = peakBytes({ pids: [...pids] });
    megabytes.add(name, bytes === null ? null : bytes / 1e6);
  }
  return megabytes.table({ title: "Peak memory of the server's process", unit: "MB", better: "less" });
}

async function post(stage: Stage, url: string, clients: number, batch: number): Promise<Written> {
  const { ms, players, score: from } = stage;
  const task: WriteRun = { url, headers: stage.rungs.headers, clients, batch, ms, players, from };
  const written = await stage.load.ask<Written>(task);
  stage.score = written.next;
  stage.acknowledged[url === stage.scoresUrl ? "rungs" : "bare"] += written.scores;
  return written;
}

/** Without HTTP, in the bare program itself. */
async function here(stage: Stage, way: InProcess["way"], callers: number, batch: number): Promise<Done> {
  const { ms, players, score: from } = stage;
  const task: InProcess = { way, callers, batch, ms, players, from };
  const done = await stage.bare.ask<Done>(task);
  stage.score = done.next;
  stage.acknowledged.bare += done.scores;
  return done;
}

/** Seconds of processor time of a program, and of the stores that all share. */
function cpuOf({ rungs }: Stage, { pids }: { pids: number[] }): ReturnType<typeof cpuSecondsApart> {
  return { program: cpuSecondsApart(...pids).program, stores: cpuSecondsApart(...rungs.pids).stores };
}
