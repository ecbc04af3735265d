/** From `npm start` of a built project, on embedded stores, to the first answer about a board. */
import { poll } from "@/lib/embedded/deadline";
import { freePort } from "@/lib/embedded/free-port";
import { baseEnv } from "@/tests/bench/contenders";
import { newFolder } from "@/tests/bench/folder";
import type { BenchContext, BenchTable, Part } from "@/tests/bench/part";
import { start as startProgram } from "@/tests/bench/processes";
import { Samples } from "@/tests/bench/samples";

export const start: Part = {
  name: "start",
  what: "npm start of a built project to the first answered request, on a new data folder and on one with data",
  run,
};

const first = "Rungs, new data folder";
const second = (players: number) => `Rungs, ${players.toLocaleString("en")} players there`;
const secondsMax = 3;
const startMsMax = 60_000;
/** Short beside what is measured, long enough to leave the processor to whoever starts. */
const askEveryMs = 10;

async function run({ rounds, smoke, say }: BenchContext): Promise<BenchTable[]> {
  const players = smoke ? 10 : 10_000;
  const [seconds, output] = [new Samples(), new Samples()];
  for (let round = 1; round <= rounds; round++) {
    const folder = await newFolder();
    for (const name of [first, second(players)]) {
      say(`${name}, round ${round}`);
      const started = await startOnce(folder.path);
      seconds.add(name, started.answered);
      output.add(name, started.ready);
      if (name === first) await post(started, players);
      await started.stop();
    }
    await folder.remove();
  }
  const names = [first, second(players)];
  const targets = names.map((of) => ({ of, to: null, bound: "at most" as const, ratio: secondsMax }));
  const about = `Asked every ${askEveryMs} ms for the sample board until it is there; npm itself included.`;
  return [
    seconds.table({ title: "To the first answer", unit: "s", better: "less" }, { targets, notes: [about] }),
    output.table({ title: "To the line that says where it runs", unit: "s", better: "less" }),
  ];
}

interface Started {
  /** The board that every new installation has, and a key that may post to it. */
  sample: { url: string; headers: Record<string, string> };
  /** Seconds from the command to the first answer, and to the last line of the greeting. */
  answered: number;
  ready: number;
  stop(): Promise<void>;
}

async function startOnce(dataDir: string): Promise<Started> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}/api/v1/boards/sample`;
  const startedAt = performance.now();
  const since = () => (performance.now() - startedAt) / 1000;
  const command = { command: "npm", args: ["start"], env: { ...baseEnv(dataDir), PORT: port } };
  const [answered, { ready, output, stop }] = await Promise.all([
    firstAnswer(url).then(since),
    startProgram(command, /Bearer rungs_\w+/).then((running) => ({ ...running, ready: since() })),
  ]);
  const authorization = /Bearer rungs_\w+/.exec(output)?.[0] ?? "";
  return { sample: { url, headers: { authorization, "content-type": "application/json" } }, answered, ready, stop };
}

/** Refused connections, "starting" and a board that is still to be made all mean: not yet. */
async function firstAnswer(url: string): Promise<void> {
  const answered = await poll(() => isThere(url), startMsMax, askEveryMs);
  if (!answered) throw new Error(`${url} did not answer`);
}

async function isThere(url: string): Promise<true | undefined> {
  const response = await fetch(url).catch(() => null);
  await response?.arrayBuffer();
  return response?.ok || undefined;
}

async function post({ sample: { url, headers } }: Started, players: number): Promise<void> {
  for (let from = 0; from < players; from += 1_000) {
    const length = Math.min(1_000, players - from);
    const scores = Array.from({ length }, (_, i) => ({ player: `player-${from + i}`, score: from + i }));
    const response = await fetch(`${url}/scores`, { method: "POST", headers, body: JSON.stringify({ scores }) });
    if (!response.ok) throw new Error(`posting scores answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  }
}
