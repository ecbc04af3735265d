/**
 * The index of a million players, lost in Redis and built anew from Postgres by the running server: how long that takes,
 * beside the least it could be, and what viewers notice of it.
 */
import { setTimeout } from "node:timers/promises";
import { readKeyspace } from "@/db/keyspace";
import { bareRebuild } from "@/tests/bench/bare-rebuild";
import { type RungsContender, startRungs } from "@/tests/bench/contenders";
import { cpuSecondsApart } from "@/tests/bench/cpu";
import { CpuSamples } from "@/tests/bench/cpu-samples";
import { type Dialogue, startDialogue } from "@/tests/bench/dialogue";
import { createLargeBoard, servicesOn } from "@/tests/bench/large-board";
import { LostIndex } from "@/tests/bench/lost-index";
import { peakBytes } from "@/tests/bench/memory";
import type { BenchContext, BenchTable, Part } from "@/tests/bench/part";
import { program } from "@/tests/bench/processes";
import type { SteadilyPolled, SteadyPolls } from "@/tests/bench/programs/steady-polls";
import { Samples } from "@/tests/bench/samples";
import { type ServerStores, storesOf } from "@/tests/bench/server-stores";
import { untilIdle } from "@/tests/bench/until-idle";

export const rebuild: Part = {
  name: "rebuild",
  what: "An index of 1 million players from Postgres beside bare COPY and ZADD, and polls meanwhile",
  run,
};

interface Stage {
  context: BenchContext;
  server: RungsContender;
  stores: ServerStores;
  load: Dialogue;
  index: LostIndex;
  uid: number;
  players: number;
}

const rungs = "Rungs";
const bare = "bare COPY, pipelined ZADD";
const bareNames = "the same with HSET of names";
const shareOfBareMin = 0.5;

const boards = { other: "Rungs, another board", large: "Rungs, the board itself" };
const idle = "idle";
const meanwhile = "rebuilding";
const pollsPerSecond = 50;
const slowdownMax = 3;

async function run(context: BenchContext): Promise<BenchTable[]> {
  const players = context.smoke ? 500 : 1_000_000;
  const server = await startRungs();
  const stores = storesOf(server);
  const load = await startDialogue({ args: [program("steady-polls")] });
  context.say(`making a board of ${players.toLocaleString("en")} players`);
  const { uid, installationId } = await makeBoards(stores, players);
  const board = { uid, id: "large" };
  const index = await LostIndex.of({ url: server.url, redisUrl: stores.redisUrl, board, installationId });
  try {
    // As every server has once built the index it loses.
    await index.rebuilt({ asCrashed: true });
    if (!context.smoke) await untilIdle(server);
    const stage = { context, server, stores, load, index, uid, players };
    return [...(await measureAlone(stage)), ...(await measurePolls(stage))];
  } finally {
    index.close();
  }
}

async function makeBoards(stores: ServerStores, players: number): Promise<{ uid: number; installationId: string }> {
  const services = await servicesOn(stores);
  try {
    const { uid } = await createLargeBoard(stores, services, "large", players);
    await createLargeBoard(stores, services, "other", 100);
    return { uid, installationId: await readKeyspace(services.database.sql) };
  } finally {
    await services.close();
  }
}

async function measureAlone({ context, server, stores, index, uid, players }: Stage): Promise<BenchTable[]> {
  const [seconds, perSecond, cpu] = [new Samples(), new Samples(), new CpuSamples()];
  const ofServer = () => cpuSecondsApart(...server.pids);
  const ofBench = () => ({ ...ofServer(), program: ownCpuSeconds() });
  const measure = async (name: string, read: typeof ofServer, work: () => Promise<number>) => {
    const taken = await cpu.during(name, read, work, () => players);
    seconds.add(name, taken);
    perSecond.add(name, players / taken);
  };
  for (let round = 1; round <= context.rounds; round++) {
    context.say(`nobody polls, round ${round}`);
    await measure(rungs, ofServer, () => index.rebuilt({ asCrashed: true }));
    await measure(bare, ofBench, () => bareRebuild(stores, uid, { names: false }));
    await measure(bareNames, ofBench, () => bareRebuild(stores, uid, { names: true }));
  }
  const title = `An index of ${players.toLocaleString("en")} players`;
  const less = (what: string, unit: string) => ({ title: `${title}: ${what}`, unit, better: "less" as const });
  return [
    perSecond.table(
      { title, unit: "players/s", better: "more" },
      {
        targets: [{ of: rungs, to: bare, bound: "at least", ratio: shareOfBareMin }],
        notes: [
          "Rungs' index also holds names and the number of each player's last change, and goes by two tiebreaks.",
        ],
      },
    ),
    seconds.table(less("how long", "s")),
    cpu.program.table(less("CPU of the program", "µs/player")),
    cpu.stores.table(less("CPU of Postgres and Redis", "µs/player")),
  ];
}

/** Of this process, which the bare rebuild runs in. */
function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function measurePolls(stage: Stage): Promise<BenchTable[]> {
  const { context, index } = stage;
  const [p99, slowest] = [new Samples(), new Samples()];
  const seconds = new Samples();
  const add = (when: string, polled: SteadilyPolled) => {
    for (const [name, { p99: high, max }] of Object.entries(polled)) {
      p99.add(`${name}, ${when}`, high);
      slowest.add(`${name}, ${when}`, max);
    }
  };
  // Both boards held, encoded and compressed, as they are while viewers poll.
  await pollDuring(stage, () => setTimeout(context.smoke ? 100 : 2_000));
  for (let round = 1; round <= context.rounds; round++) {
    context.say(`viewers poll, round ${round}`);
    add(idle, await pollDuring(stage, () => setTimeout(context.smoke ? 200 : 5_000)));
    add(meanwhile, await pollDuring(stage, async () => seconds.add(rungs, await index.rebuilt({ asCrashed: false }))));
  }
  const memory = new Samples();
  const bytes = peakBytes(stage.server);
  memory.add(rungs, bytes === null ? null : bytes / 1e6);
  const targets = Object.values(boards).map((name) => ({
    of: `${name}, ${meanwhile}`,
    to: `${name}, ${idle}`,
    bound: "at most" as const,
    ratio: slowdownMax,
  }));
  const about = `${pollsPerSecond} polls a second to each board, from when each was due.`;
  const untilThere =
    "Until the index is there, polls of the board itself get its last page, which says that it is stale.";
  return [
    p99.table(
      { title: "99th percentile of polls", unit: "ms", better: "less" },
      { targets, notes: [about, untilThere] },
    ),
    slowest.table({ title: "The slowest poll", unit: "ms", better: "less" }, { notes: [about] }),
    seconds.table({ title: "A rebuild under polls", unit: "s", better: "less" }, { notes: [about] }),
    memory.table({ title: "Peak memory", unit: "MB", better: "less" }),
  ];
}

/** Polls both boards while the work lasts. */
async function pollDuring({ server, load }: Stage, work: () => Promise<unknown>): Promise<SteadilyPolled> {
  const polls = Object.entries(boards).map(([id, name]) => ({ name, url: `${server.url}/api/v1/boards/${id}` }));
  const task: SteadyPolls = { polls, perSecond: pollsPerSecond };
  await load.ask(task);
  await work();
  return load.ask<SteadilyPolled>({});
}
