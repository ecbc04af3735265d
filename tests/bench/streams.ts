/** Time from posting one change until the last of many viewers has it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startBare, startRungs } from "./contenders";
import { printTable, rounds } from "./figures";
import type { Trigger } from "./stream-load";

const viewers = 1_000;
/** Longer than the coalescing step, so that each event meets a board at rest. */
const restMs = 400;

interface Load {
  run(trigger: Trigger): Promise<{ first: number; last: number }>;
  stop(): Promise<void>;
}

export async function benchStreams(): Promise<void> {
  const [rungs, bare] = await Promise.all([startRungs(), startBare()]);
  const board = `${rungs.url}/api/v1/boards/${rungs.boardId}`;
  await rungs.stream();
  const loads = await Promise.all([startLoad(`${board}/stream`), startLoad(`${bare.url}/stream`)]);
  const last: Record<string, number[]> = { Rungs: [], "bare res.write": [] };
  const spread: Record<string, number[]> = { Rungs: [], "bare res.write": [] };
  try {
    for (let round = 0; round <= rounds * 2; round++) {
      const score = 1_000_000 + round;
      const frame = deltaLike(score);
      const triggers: [string, Trigger, Load | undefined][] = [
        ["Rungs", rungs.scoreTrigger(score), loads[0]],
        ["bare res.write", { url: `${bare.url}/event`, headers: {}, body: frame, mark: `"score":${score},` }, loads[1]],
      ];
      for (const [name, trigger, load] of triggers) {
        const times = await load?.run(trigger);
        // The first round warms up.
        if (times && round > 0) {
          last[name]?.push(times.last);
          spread[name]?.push(times.last - times.first);
        }
        await new Promise((resolve) => setTimeout(resolve, restMs));
      }
    }
  } finally {
    await Promise.all(loads.map((load) => load.stop()));
    await Promise.all([rungs.stop(), bare.stop()]);
  }
  printTable(`streams: one change to ${viewers} viewers, post to last viewer`, "ms", last);
  printTable("  of it, first to last viewer", "ms", spread);
}

/** What Rungs sends for one player's new score, so that both write as many bytes. */
function deltaLike(score: number): string {
  const entry = { rank: 1, position: 1, player: "player-7", name: "Player 7", score, tiebreaks: [], previousRank: 1 };
  const delta = { from: 10, to: 11, total: 100, changed: [entry], removed: [] };
  return `id: abcdefgh-11\nevent: delta\ndata: ${JSON.stringify(delta)}\n\n`;
}

async function startLoad(url: string): Promise<Load> {
  const program = join(import.meta.dirname ?? "", "stream-load.js");
  const child: ChildProcess = spawn(process.execPath, [program, url, String(viewers)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const ready = await lines.next();
  if (ready.value !== "ready") throw new Error(`the viewers of ${url} could not connect`);
  return {
    async run(trigger) {
      child.stdin?.write(`${JSON.stringify(trigger)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error("the viewers went away");
      return JSON.parse(line.value);
    },
    async stop() {
      const ended = once(child, "exit");
      child.stdin?.end();
      await ended;
    },
  };
}
