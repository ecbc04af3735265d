/** One long look at a stage page, while a contest is replayed and the server ended and started again. */
import { setTimeout as wait } from "node:timers/promises";
import type { Entry } from "@/lib/domain/snapshot";
import { poll } from "@/lib/embedded/deadline";
import { expectedPlacings, placings, readBoard } from "@/tests/support/contest";
import type { EndureArguments } from "./arguments";
import { growth, type Held, held, type MemorySample, openMemory } from "./memory";
import { type Replays, startReplays } from "./replays";
import type { Server } from "./server";
import { differenceOnStage } from "./stage-rows";
import { openWatch, type Watch } from "./watch";

export interface Endured {
  samples: MemorySample[];
  /** By what share each has grown from the minute after the first third to the last; null: too short to tell. */
  growth: Record<Held, number | null>;
  restarts: { signal: string; liveAgainMs: number }[];
  /** How many times the contest was played to its end. */
  played: number;
  /** Of the page and of the whole board, compared at the end. */
  rows: { shown: number; board: number };
  problems: string[];
}

const board = "endure";
const warmMinS = 60;
const sampleMs = 10_000;
const liveAgainMs = 60_000;
/** A viewer is current again within so much of any lost message. */
const convergeMs = 15_000;
/** What is held may grow by a tenth. */
const growthMax = 1.1;

export async function endure(
  { minutes, speed, restarts }: EndureArguments,
  server: Server,
  folder: string,
  problems: string[],
  say: (line: string) => void,
): Promise<Endured> {
  const key = await server.rungs("key", "create", "--name", "endure", "--scopes", "scores:write,boards:manage");
  const replays = await startReplays({
    ...{ board, url: server.url, key, speed, folder },
    onError: (error) => problems.push(`the replay ended: ${String(error)}`),
  });
  let watch: Watch | null = null;
  try {
    await streamed(server.url, key);
    watch = await openWatch(`${server.url}/boards/${board}/stage`, (text) => problems.push(text));
    await isLive(watch);
    say(`Watching ${server.url}/boards/${board}/stage for ${minutes} minutes, at ${speed} times the contest's speed`);
    const seen = await lookOn(watch, server, { minutes, restarts }, say);
    const rows = await compare(watch, server, replays, problems);
    // By then what runs often has been compiled, which the heap holds, too.
    const warmS = Math.max(warmMinS, (minutes * 60) / 3);
    const grown = Object.fromEntries(held.map((what) => [what, growth(seen.samples, what, warmS, minutes * 60)]));
    for (const what of held) {
      const factor = grown[what] ?? 1;
      if (factor > growthMax) problems.push(`${what} grew to ${Math.round(factor * 100)} % of what it was`);
    }
    return { ...seen, growth: grown as Endured["growth"], played: replays.played(), rows, problems };
  } finally {
    await replays.stop();
    await watch?.close();
  }
}

/** The replay makes the board; from then on it streams. */
async function streamed(url: string, key: string): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const change = { method: "PATCH", headers, body: JSON.stringify({ delivery: "sse" }) };
  const done = await poll(async () => (await fetch(`${url}/api/v1/boards/${board}`, change)).ok || undefined, 10_000);
  if (!done) throw new Error("the board was not made");
}

async function lookOn(
  watch: Watch,
  server: Server,
  { minutes, restarts }: Pick<EndureArguments, "minutes" | "restarts">,
  say: (line: string) => void,
): Promise<Pick<Endured, "samples" | "restarts">> {
  const memory = await openMemory(watch.page);
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const endMs = minutes * 60_000;
  const samples: MemorySample[] = [];
  const done: Endured["restarts"] = [];
  for (;;) {
    const signal = restarts[done.length];
    if (signal && elapsedMs() >= (endMs * (done.length + 1)) / (restarts.length + 1)) {
      done.push({ signal, liveAgainMs: await restart(watch, server, signal) });
      say(`Ended with SIG${signal} and started again; live again ${done.at(-1)?.liveAgainMs} ms after the start`);
    }
    const sample = await memory.sample(Math.round(elapsedMs() / 1_000));
    samples.push(sample);
    const { at, heapBytes, nodes, listeners } = sample;
    say(`${at} s: heap ${(heapBytes / 1024 ** 2).toFixed(2)} MiB, ${nodes} nodes, ${listeners} listeners`);
    const leftMs = endMs - elapsedMs();
    if (leftMs <= 0) return { samples, restarts: done };
    await wait(Math.min(sampleMs, leftMs, Math.max(endMs / 10, 1_000)));
  }
}

/** Ends the server, sees the page notice, starts it, and waits until the page is live again. */
async function restart(watch: Watch, server: Server, signal: "TERM" | "KILL"): Promise<number> {
  watch.outage = true;
  await server.end(`SIG${signal}`);
  await watch.page.locator('[data-status="reconnecting"], [data-status="stale"]').waitFor({ timeout: 40_000 });
  await server.start();
  const startedAt = performance.now();
  await isLive(watch);
  watch.outage = false;
  return Math.round(performance.now() - startedAt);
}

async function isLive({ page }: Watch): Promise<void> {
  await page.locator('[data-status="live"]').waitFor({ timeout: liveAgainMs });
}

/** Brings the contest to its end: board and page have to show its final standings. */
async function compare(watch: Watch, server: Server, replays: Replays, problems: string[]): Promise<Endured["rows"]> {
  await replays.finish();
  const expected = expectedPlacings();
  const wanted = JSON.stringify(expected);
  let entries: Entry[] = [];
  await poll(async () => {
    entries = await readBoard(server.url, board);
    return JSON.stringify(placings(entries)) === wanted || undefined;
  }, convergeMs);
  if (JSON.stringify(placings(entries)) !== wanted) problems.push("the board has not the contest's final standings");
  const shown = entries.slice(0, 100);
  const difference = await differenceOnStage(watch.page, shown, convergeMs);
  if (difference) problems.push(`the page shows other standings: ${difference}`);
  return { shown: shown.length, board: expected.length };
}
