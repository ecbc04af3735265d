/** What is left for everybody else while one address asks for the costliest of what anybody may ask for. */
import { setTimeout } from "node:timers/promises";
import { type RungsContender, startRungs } from "@/tests/bench/contenders";
import { type Dialogue, startDialogue } from "@/tests/bench/dialogue";
import { buildIndex, createLargeBoard, servicesOn } from "@/tests/bench/large-board";
import type { BenchContext, BenchTable, Part, Target } from "@/tests/bench/part";
import { percentile } from "@/tests/bench/percentile";
import { program } from "@/tests/bench/processes";
import type { Attack, Attacked } from "@/tests/bench/programs/attack-load";
import { Samples } from "@/tests/bench/samples";
import { storesOf } from "@/tests/bench/server-stores";
import { untilIdle } from "@/tests/bench/until-idle";

const full = { players: 100_000, seconds: 8 };
const short = { players: 2_000, seconds: 0.5 };
const attacker = "192.0.2.66";
const pollMsMax = 20;
const postMsMax = 100;

const api = "/api/v1/boards/large";
const nobody = "nobody";
/** `#` is a number that grows. */
const attacks: Readonly<Record<string, Pick<Attack, "path" | "connections"> | null>> = {
  [nobody]: null,
  "50 on a board's page, at any place": { path: "/boards/large?at=#", connections: 50 },
  "50 on the race's page": { path: "/boards/large/race?seq=#", connections: 50 },
  "50 on a player's page": { path: "/boards/large/players/player-#", connections: 50 },
  "50 on pages that do not exist": { path: "/none-#", connections: 50 },
  "50 on windows of 1,000": { path: `${api}?limit=1000&offset=#`, connections: 50 },
  "50 on boards of the past": { path: `${api}/at?seq=#`, connections: 50 },
  "50 on the search": { path: `${api}/players?q=player-#`, connections: 50 },
  "70 on players' histories": { path: `${api}/players/player-#/history`, connections: 70 },
};

export const attack: Part = {
  name: "attack",
  what: `What others get while one address asks for the costliest, on a board of ${full.players.toLocaleString("en")}`,
  run,
};

/** What others do, one after the other each, with a pause between. */
interface Errand {
  name: string;
  everyMs: number;
  targetMs?: number;
  send(rungs: RungsContender, number: number): Promise<Response>;
}

const errands: readonly Errand[] = [
  { name: "Poll", everyMs: 50, targetMs: pollMsMax, send: ({ url }, i) => ask(`${url}/api/v1/boards/bench`, i) },
  { name: "Post", everyMs: 100, targetMs: postMsMax, send: post },
  { name: "Page", everyMs: 400, send: ({ url }, i) => ask(`${url}/boards/bench`, i) },
  { name: "History", everyMs: 400, send: ({ url }, i) => ask(`${url}${api}/players/player-${2 * i + 1}/history`, i) },
];

async function run({ rounds, smoke, say }: BenchContext): Promise<BenchTable[]> {
  const { players, seconds } = smoke ? short : full;
  const rungs = await startRungs();
  await makeLargeBoard(rungs, players);
  const load = await startDialogue({ args: [program("attack-load")] });
  await warmUp(rungs);
  const medians = new Map(errands.map(({ name }) => [name, new Samples()]));
  const served = new Samples();
  for (let round = 0; round < rounds; round++) {
    for (const [name, one] of Object.entries(attacks)) {
      say(`round ${round + 1}: ${name}`);
      if (!smoke) await untilIdle(rungs);
      const { times, statuses } = await measure(rungs, load, one, seconds);
      for (const errand of errands) {
        const sorted = Float64Array.from(times.get(errand.name) ?? []).sort();
        medians.get(errand.name)?.add(name, sorted.length > 0 ? percentile(sorted, 0.5) : null);
      }
      if (one) served.add(name, (statuses["200"] ?? statuses["404"] ?? 0) / seconds);
      say(JSON.stringify(statuses));
    }
  }
  return tablesOf(medians, served);
}

function tablesOf(medians: ReadonlyMap<string, Samples>, served: Samples): BenchTable[] {
  const tables = errands.map(({ name, targetMs }) => {
    const targets = Object.keys(attacks).map(
      (of): Target => ({ of, to: null, bound: "at most", ratio: targetMs ?? 0 }),
    );
    const head = { title: `${name} of somebody else`, unit: "ms", better: "less" } as const;
    const notes = ["The median of a few seconds. A request that was refused counts as the time until it succeeded."];
    return medians.get(name)?.table(head, { targets: targetMs ? targets : [], notes }) as BenchTable;
  });
  const head = { title: "What the address itself gets", unit: "req/s", better: "less" } as const;
  return [...tables, served.table(head)];
}

async function makeLargeBoard(rungs: RungsContender, players: number): Promise<void> {
  const stores = storesOf(rungs);
  const services = await servicesOn(stores);
  try {
    await buildIndex(services, await createLargeBoard(stores, services, "large", players), players);
  } finally {
    await services.close();
  }
}

/** Everything is loaded and read once. */
async function warmUp(rungs: RungsContender): Promise<void> {
  for (const one of Object.values(attacks)) if (one) await ask(rungs.url + one.path.replace("#", "7"), 0);
  for (let time = 0; time < 5; time++) for (const { send } of errands) await send(rungs, time);
}

async function measure(
  rungs: RungsContender,
  load: Dialogue,
  one: Pick<Attack, "path" | "connections"> | null,
  seconds: number,
) {
  const times = new Map<string, number[]>();
  const attacked = one && load.ask<Attacked>({ ...one, url: rungs.url, seconds, address: attacker } satisfies Attack);
  const until = performance.now() + seconds * 1_000;
  const go = async ({ name, everyMs, send }: Errand) => {
    const own: number[] = [];
    for (let number = 0; performance.now() < until; number++) {
      const startedAt = performance.now();
      while ((await send(rungs, number)).status >= 400);
      own.push(performance.now() - startedAt);
      await setTimeout(everyMs);
    }
    times.set(name, own);
  };
  await Promise.all(errands.map(go));
  return { times, statuses: (await attacked)?.statuses ?? {} };
}

/** Each from an address of its own. */
async function ask(url: string, number: number): Promise<Response> {
  const headers = { "x-forwarded-for": `198.51.100.${number % 250}` };
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  return response;
}

async function post({ url, headers }: RungsContender, number: number): Promise<Response> {
  const body = JSON.stringify({ player: `player-${number % 100}`, score: 5_000 + number });
  const response = await fetch(`${url}/api/v1/boards/bench/scores`, { method: "POST", headers, body });
  await response.arrayBuffer();
  return response;
}
