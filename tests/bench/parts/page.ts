/** The board's page in a browser: what its first load takes, and whether it keeps up while every row moves. */
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Browser, Page } from "playwright";
import { findBrowser } from "@/scripts/test-programs.mjs";
import { type RungsContender, startRungs } from "@/tests/bench/contenders";
import type { BenchContext, BenchTable, Part, Target } from "@/tests/bench/part";
import { endedWithAll } from "@/tests/bench/processes";
import { launchBrowser } from "@/tests/support/browser";

const rows = 100;
const updatesPerSecond = 4;
const full = { movingSeconds: 8, settleMs: 2_000 };
const short = { movingSeconds: 0.5, settleMs: 100 };

export const page: Part = {
  name: "page",
  what: `The board's page in Chromium: its first load, and ${rows} rows that change ${updatesPerSecond} times a second`,
  run,
};

interface Loaded {
  scriptKb: number;
  dataRequests: number;
  /** Largest contentful paint, in milliseconds. */
  lcpMs: number;
}

interface Moved {
  framesPerSecond: number;
  updatesPerSecond: number;
  /** Cumulative layout shift. */
  shift: number;
}

/** What the page notes about itself. */
interface Notes {
  lcpMs: number;
  shift: number;
  frames: number;
  updates: number;
}

async function run({ rounds, smoke, say }: BenchContext): Promise<BenchTable[]> {
  const browser = await launchBrowser().catch((error: Error) => error);
  if (browser instanceof Error) return tablesOf([], [], "", browser.message);
  endedWithAll(() => browser.close());
  const rungs = await startRungs();
  const moving = "moving";
  await rungs.call("POST", "/api/v1/boards", { id: moving, name: "Moving", operator: "set", delivery: "sse" });
  await shuffle(rungs, moving);
  const { movingSeconds, settleMs } = smoke ? short : full;
  const loads: Loaded[] = [];
  const moves: Moved[] = [];
  for (let round = smoke ? 1 : 0; round <= rounds; round++) {
    say(`round ${round}`);
    const loaded = await load(browser, `${rungs.url}/boards/${rungs.boardId}`, settleMs);
    const moved = await watchMoves(browser, rungs, moving, movingSeconds);
    // The first round warms up.
    if (round === 0) continue;
    loads.push(loaded);
    moves.push(moved);
  }
  return tablesOf(loads, moves, `In ${basename((await findBrowser()) ?? "")} ${browser.version()}.`);
}

/** In a context of its own, so that nothing is in a cache. */
async function load(browser: Browser, url: string, settleMs: number): Promise<Loaded> {
  const { tab, close } = await newTab(browser);
  await tab.goto(url, { waitUntil: "networkidle" });
  // Whatever the page still fetches of its own accord.
  await setTimeout(settleMs);
  const { lcpMs } = await notesOf(tab);
  const loaded = await tab.evaluate(whatWasLoaded);
  await close();
  return { ...loaded, lcpMs };
}

async function watchMoves(browser: Browser, rungs: RungsContender, board: string, seconds: number): Promise<Moved> {
  const { tab, close } = await newTab(browser);
  await tab.goto(`${rungs.url}/boards/${board}`);
  await tab.locator('[data-status="live"]').waitFor({ timeout: 30_000 });
  await tab.evaluate(countUpdates);
  const [before, startedAt] = [await notesOf(tab), performance.now()];
  const steps = Math.max(1, Math.round(seconds * updatesPerSecond));
  for (let step = 0; step < steps; step++) {
    await Promise.all([setTimeout(1_000 / updatesPerSecond), shuffle(rungs, board)]);
  }
  const [after, elapsed] = [await notesOf(tab), (performance.now() - startedAt) / 1_000];
  await close();
  return {
    framesPerSecond: (after.frames - before.frames) / elapsed,
    updatesPerSecond: (after.updates - before.updates) / elapsed,
    shift: after.shift - before.shift,
  };
}

/** Gives every player a new score, so that most change places. */
async function shuffle({ call }: RungsContender, board: string): Promise<void> {
  const scores = Array.from({ length: rows }, (_, i) => {
    return { player: `player-${i}`, name: `Player ${i}`, score: Math.floor(Math.random() * 1_000_000) };
  });
  await call("POST", `/api/v1/boards/${board}/scores`, { scores });
}

async function newTab(browser: Browser): Promise<{ tab: Page; close(): Promise<void> }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript(takeNotes);
  return { tab: await context.newPage(), close: () => context.close() };
}

/** Runs in the page, before anything of its own. */
function takeNotes(): void {
  const notes: Notes = { lcpMs: 0, shift: 0, frames: 0, updates: 0 };
  Object.assign(window, { notes });
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) notes.lcpMs = startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput } = entry as unknown as { value: number; hadRecentInput: boolean };
      if (!hadRecentInput) notes.shift += value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  const frame = () => {
    notes.frames++;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** Runs in the page. Bodies as they were sent, without their headers. */
function whatWasLoaded(): { scriptKb: number; dataRequests: number } {
  const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const paths = resources.map(({ name, encodedBodySize }) => ({ path: new URL(name).pathname, encodedBodySize }));
  const scripts = paths.filter(({ path }) => path.endsWith(".js"));
  const bytes = scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  return { scriptKb: bytes / 1_000, dataRequests: paths.filter(({ path }) => path.startsWith("/api/")).length };
}

/** Runs in the page: counts how often the rows are written anew. */
function countUpdates(): void {
  const { notes } = window as unknown as { notes: Notes };
  const table = document.querySelector("tbody");
  if (!table) throw new Error("the page shows no table");
  new MutationObserver(() => notes.updates++).observe(table, { childList: true, subtree: true, characterData: true });
}

function notesOf(tab: Page): Promise<Notes> {
  return tab.evaluate(() => ({ ...(window as unknown as { notes: Notes }).notes }));
}

function tablesOf(loads: readonly Loaded[], moves: readonly Moved[], which: string, absent?: string): BenchTable[] {
  const own = "Rungs";
  const table = (
    title: string,
    unit: string,
    samples: number[],
    limit: Omit<Target, "of" | "to"> | null,
    ...notes: string[]
  ): BenchTable => {
    return {
      title,
      unit,
      better: limit?.bound === "at least" ? "more" : "less",
      rows: [{ name: own, samples, ...(absent !== undefined && { absent }) }],
      targets: limit ? [{ of: own, to: null, ...limit }] : [],
      notes,
    };
  };
  const each = <Of>(all: readonly Of[], pick: (one: Of) => number) => all.map(pick);
  const seen = `Of ${updatesPerSecond} a second; changes are sent together, every 250 ms.`;
  return [
    table(
      "First load: JavaScript, compressed",
      "kB",
      each(loads, (one) => one.scriptKb),
      { bound: "at most", ratio: 130 },
    ),
    table(
      "First load: requests for data",
      "requests",
      each(loads, (one) => one.dataRequests),
      { bound: "at most", ratio: 1 },
    ),
    table(
      "First load: largest contentful paint",
      "ms",
      each(loads, (one) => one.lcpMs),
      { bound: "at most", ratio: 1_000 },
    ),
    table(
      "While rows move: layout shift",
      "CLS",
      each(moves, (one) => one.shift),
      { bound: "at most", ratio: 0.02 },
    ),
    table(
      "While rows move: frames",
      "frames/s",
      each(moves, (one) => one.framesPerSecond),
      { bound: "at least", ratio: 59 },
      which,
    ),
    {
      ...table(
        "While rows move: updates shown",
        "per s",
        each(moves, (one) => one.updatesPerSecond),
        null,
      ),
      better: "more",
      notes: [seen],
    },
  ];
}
