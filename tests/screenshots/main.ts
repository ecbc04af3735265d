/**
 * `npm run screenshots`: a picture of every page and state, narrow and wide, into docs/screenshots. Everything in them is
 * the same from one run to the next but for what is told in seconds.
 */
import { mkdir, readdir, rm } from "node:fs/promises";
import type { Page } from "playwright";
import { stopAll } from "@/tests/bench/processes";
import { addDoomed, addMillion, fillSite } from "@/tests/support/site-content";
import { type SitePage, sitePages, visitSitePage } from "@/tests/support/site-pages";
import { contextFor, picturesFolder as folder, shotsOf, take } from "./camera";
import { openSite, type Site } from "./site";
import { type PassingState, passingStates } from "./states";

const bytesMax = 4_000_000;
const noticedMs = 70_000;

/** Beside the pages that tests look through: a real contest, and a crowd. */
const crowdedPages: readonly SitePage[] = [
  { name: "contest", path: "/boards/icpc", dark: true },
  { name: "contest-race", path: "/boards/icpc/race", dark: true, prepare: seeChart },
  { name: "contest-stage", path: "/boards/icpc/stage" },
  { name: "board-million", path: "/boards/million?player=player-500000" },
  { name: "board-place", path: "/boards/million?at=500000&player=player-500000" },
];

/** It is read and drawn when the page is there. */
function seeChart(page: Page): Promise<void> {
  return page.locator("figure svg").waitFor();
}

const say = (line: string) => void process.stderr.write(`${line}\n`);

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => void stopAll().then(() => process.exit(code)));
}
try {
  const bytes = await takeAll(await openSite());
  say(`${Math.round(bytes / 1_000)} kB in ${folder}`);
  if (bytes > bytesMax) throw new Error(`that is more than the ${bytesMax / 1_000_000} MB that a clone should carry`);
} finally {
  await stopAll();
}

async function takeAll(site: Site): Promise<number> {
  await mkdir(folder, { recursive: true });
  for (const old of await readdir(folder)) await rm(`${folder}/${old}`);
  await site.ask("DELETE", "/api/v1/boards/sample");
  let bytes = await takePage(site, { name: "front-page-first-steps", path: "/" });
  await fill(site);
  for (const page of [...sitePages, ...crowdedPages]) bytes += await takePage(site, page);
  for (const state of passingStates) bytes += await takeState(site, state);
  return bytes;
}

async function fill(site: Site): Promise<void> {
  say("filling the boards");
  await fillSite(site);
  await addDoomed(site);
  await addMillion(site, site.databaseUrl);
  await site.replayContest("icpc");
  await site.ask("PATCH", "/api/v1/boards/icpc", { delivery: "sse" });
  await site.date("million", "26 hours", "30 days");
  await site.date("names", "3 days", "0");
  await site.date("doomed", "2 days", "0");
  await site.date("solo", "5 hours", "0");
  await site.date("ties", "47 minutes", "0");
  await site.date("grand-prix", "2 minutes", "1 hour");
  await site.date("icpc", "20 seconds", "5 hours");
  for (const board of ["million", "icpc"]) await readable(site, board);
}

/** Its index is built. */
async function readable({ server }: Site, board: string): Promise<void> {
  for (const end = Date.now() + noticedMs; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const response = await fetch(`${server.url}/api/v1/boards/${board}?limit=1`);
    if (response.ok && !("stale" in (await response.json()))) return;
  }
  throw new Error(`the index of ${board} is not there yet`);
}

async function takePage(site: Site, sitePage: SitePage): Promise<number> {
  const { name, signedIn, dark } = sitePage;
  say(name);
  let bytes = 0;
  for (const shot of shotsOf(dark ? { dark } : {})) {
    const { page } = await visitSitePage(site, sitePage, contextFor(shot));
    const whole = signedIn === true || name === "front-page-first-steps";
    bytes += await take(page, name, shot, whole);
    await page.context().close();
  }
  return bytes;
}

async function takeState(site: Site, { name, path, sign, status, bringAbout }: PassingState): Promise<number> {
  say(name);
  const views = await Promise.all(
    shotsOf({}).map(async (shot) => ({ shot, page: (await site.visit(path, contextFor(shot))).page })),
  );
  for (const { page } of views) await page.waitForLoadState("networkidle");
  const undo = await bringAbout(
    site,
    views.map(({ page }) => page),
  );
  let bytes = 0;
  try {
    for (const { page, shot } of views) {
      await page.getByText(sign).first().waitFor({ timeout: noticedMs });
      if (status) await page.locator(`[data-status="${status}"]`).waitFor({ timeout: noticedMs });
      bytes += await take(page, name, shot);
    }
  } finally {
    await undo();
  }
  await readable(site, "grand-prix");
  for (const { page } of views) await page.context().close();
  return bytes;
}
