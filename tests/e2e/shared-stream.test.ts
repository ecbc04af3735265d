/** Tabs of one browser hold one stream between them, which HTTP/1.1's six connections per origin ask for. */
import type { BrowserContext, Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openStage, type Stage, waitForOrder, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

const cast = ["ada", "bob", "cat"].map((player, i) => ({ player, name: player.toUpperCase(), score: 30 - 10 * i }));

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage?.close());

/** A browser's tabs on a board of their own; `leader` is the tab that asked for a stream last. */
async function open(board: string, count: number) {
  await stage.createBoard({ id: board, delivery: "sse" });
  await stage.post(board, cast);
  const context = await stage.browser.newContext();
  const complaints: string[] = [];
  const asked: Page[] = [];
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  context.on("request", (request) => {
    if (request.url().includes("/stream?")) asked.push(request.frame().page());
  });
  const tabs: Page[] = [];
  for (let i = 0; i < count; i++) tabs.push(await openTab(context, board));
  return { context, tabs, complaints, leader: () => asked.at(-1) };
}

async function openTab(context: BrowserContext, board: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${stage.server.url}/boards/${board}`);
  await waitForStatus(page, "live");
  return page;
}

async function streams(): Promise<number> {
  const metrics = await (await fetch(`${stage.server.url}/metrics`)).text();
  return Number(/^rungs_streams(?:\{.*\})? (\d+)$/m.exec(metrics)?.[1]);
}

const all = (tabs: Page[], status: string, timeout: number) =>
  Promise.all(tabs.map((tab) => waitForStatus(tab, status, timeout)));

it("eight tabs show every change at once by one stream, which the next takes over when its tab is closed", async () => {
  const { context, tabs, complaints, leader } = await open("eight", 8);
  await expect.poll(streams, { timeout: 3_000 }).toBe(1);
  await stage.post("eight", [{ player: "cat", score: 99 }]);
  await Promise.all(tabs.map((tab) => waitForOrder(tab, ["CAT", "ADA", "BOB"], 2_000)));

  const closed = leader();
  expect(closed).toBe(tabs[0]);
  await closed?.close();
  const left = tabs.slice(1);
  // Until the next leads, its tab and the server's count still tell of the stream that has ended.
  await expect.poll(() => left.includes(leader() as Page), { timeout: 10_000 }).toBe(true);
  await all(left, "live", 10_000);
  await expect.poll(streams, { timeout: 10_000 }).toBe(1);
  await stage.post("eight", [{ player: "bob", score: 100 }]);
  await Promise.all(left.map((tab) => waitForOrder(tab, ["BOB", "CAT", "ADA"], 2_000)));

  const elsewhere = await stage.browser.newContext();
  await openTab(elsewhere, "eight");
  await expect.poll(streams, { timeout: 3_000 }).toBe(2);
  await elsewhere.close();

  await stage.ask("PATCH", "/api/v1/boards/eight", { delivery: "polling" });
  await all(left, "polling", 7_000);
  await expect.poll(streams, { timeout: 5_000 }).toBe(0);
  await stage.ask("PATCH", "/api/v1/boards/eight", { delivery: "sse" });
  await all(left, "live", 10_000);
  await expect.poll(streams, { timeout: 3_000 }).toBe(1);
  expect(complaints).toEqual([]);
  await context.close();
});

it("a leader that stands still loses the stream to a tab that is awake", async () => {
  const { context, tabs, leader } = await open("frozen", 3);
  const [frozen, ...awake] = tabs as [Page, ...Page[]];
  expect(leader()).toBe(frozen);
  const control = await context.newCDPSession(frozen);
  await control.send("Debugger.enable");
  await control.send("Debugger.pause");
  await stage.post("frozen", [{ player: "cat", score: 99 }]);
  // They poll as soon as they notice.
  await Promise.all(awake.map((tab) => waitForOrder(tab, ["CAT", "ADA", "BOB"], 15_000)));
  await expect.poll(() => awake.includes(leader() as Page), { timeout: 30_000 }).toBe(true);
  await all(awake, "live", 10_000);
  await stage.post("frozen", [{ player: "bob", score: 100 }]);
  await Promise.all(awake.map((tab) => waitForOrder(tab, ["BOB", "CAT", "ADA"], 2_000)));
  await control.send("Debugger.resume");
  await waitForOrder(frozen, ["BOB", "CAT", "ADA"], 5_000);
  await waitForStatus(frozen, "live", 10_000);
  await expect.poll(streams, { timeout: 10_000 }).toBe(1);
  await context.close();
}, 150_000);
