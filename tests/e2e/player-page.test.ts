import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PlayerEvents, PlayerHistory } from "@/lib/domain/history";
import type { PlayerStanding } from "@/lib/domain/snapshot";
import { violations } from "@/tests/support/axe";
import { sideways } from "@/tests/support/layout";
import { refusal } from "@/tests/support/problem";
import { openStage, type Stage, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

const crowd = Array.from({ length: 60 }, (_, i) => ({ player: `p${i}`, name: `Player ${i}`, score: 2_000 - 2 * i }));
const oddId = "a/b %20?c#d&é";
const longName = "x".repeat(128);

beforeAll(async () => {
  stage = await openStage();
  const tiebreaks = [{ name: "penaltyMinutes", order: "asc" }];
  await stage.createBoard({ id: "cup", name: "The Cup", tiebreaks });
  for (const score of [100, 1_959, 500])
    await stage.post("cup", [{ player: "ada", name: "Ada", score, tiebreaks: [7] }]);
  await stage.post("cup", [...crowd, { player: oddId, name: longName, score: 5 }]);
});

afterAll(() => stage?.close());

const pageOf = (board: string, player: string) => `/boards/${board}/players/${encodeURIComponent(player)}`;
const ask = <T>(board: string, player: string, what = "") =>
  stage.ask("GET", `/api/v1${pageOf(board, player)}${what}`) as Promise<T>;

const events = (page: Page) => page.getByRole("table", { name: /^Scores posted for/ }).locator("tbody tr");

it("tells why a player stands where they stand: place, gap, neighbours, and what each score did", async () => {
  const { page, complaints } = await stage.visit(pageOf("cup", "ada"));
  expect(await page.title()).toBe("Ada on The Cup · Rungs");
  await page.getByRole("heading", { level: 1, name: "Ada" }).waitFor();
  const { entry, total, next } = await ask<PlayerStanding>("cup", "ada");
  const standing = page.getByRole("region", { name: "Standing" });
  const text = (await standing.textContent()) ?? "";
  expect([entry.score, next?.gap]).toEqual([1_959, 1]);
  for (const part of [
    `Rank${entry.rank}`,
    `of ${total}`,
    "Score1,959",
    "Penalty minutes7",
    `1 to #${next?.rank} Player 20`,
  ]) {
    expect(text).toContain(part);
  }
  expect(text).toContain("top 36%");
  const rows = page.getByRole("table", { name: "The places around Ada" }).locator("tbody tr");
  const around = ["Player 18", "Player 19", "Player 20", "Ada", "Player 21", "Player 22", "Player 23"];
  expect(await rows.locator("th").allTextContents()).toEqual(around);
  expect(await rows.locator("td:last-child").allTextContents()).toEqual(["–", "–", "–", "7", "–", "–", "–"]);
  await events(page).first().waitFor();
  const told = await events(page).allTextContents();
  expect(told).toHaveLength(3);
  expect(told[0]).toContain("Did not countkept the best: 1,959, Penalty minutes 7");
  expect(told[1]).toContain("Countedbetter than before");
  expect(told[2]).toContain("Countedthe first score");
  await page.getByText("First score", { exact: true }).waitFor();
  expect(complaints).toEqual([]);
});

it("is there before any script has run", async () => {
  const response = await fetch(stage.server.url + pageOf("cup", "ada"));
  const html = await response.text();
  expect(response.status).toBe(200);
  for (const part of ["<bdi>Ada</bdi>", "Player 20", "1,959"]) expect(html).toContain(part);
});

it("walks to neighbours, to the board that watches the player, and from its bar back to the history", async () => {
  const { page } = await stage.visit(pageOf("cup", "ada"));
  await page.getByRole("link", { name: "Player 21" }).click();
  await page.getByRole("heading", { level: 1, name: "Player 21" }).waitFor();
  await page.getByRole("link", { name: "Watch on the board" }).click();
  const bar = page.getByRole("region", { name: "Watched player" });
  await bar.getByRole("link", { name: "History" }).click();
  await page.getByRole("heading", { level: 1, name: "Player 21" }).waitFor();
});

it("shows in the charts' tables what the API tells, and by keys the same", async () => {
  const { page, complaints } = await stage.visit(pageOf("cup", "ada"), { locale: "en-GB", timezoneId: "Asia/Tokyo" });
  const history = await ask<PlayerHistory>("cup", "ada", "/history");
  const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "Asia/Tokyo" });
  const figure = page.getByRole("figure").filter({ has: page.getByRole("heading", { name: "Score over time" }) });
  await figure.getByText("Show as table").click();
  const rows = figure.locator("tbody tr");
  expect(await rows.locator("th").allTextContents()).toEqual(history.points.map(([at]) => moment.format(at)));
  expect(await rows.locator("td").allTextContents()).toEqual(
    history.points.map(([, score]) => score.toLocaleString("en-GB")),
  );

  const chart = page.getByRole("slider", { name: "Score over time" });
  await chart.focus();
  await page.keyboard.press("Home");
  const [first, second] = history.points.map(
    ([at, score]) => `${moment.format(at)}, Score ${score.toLocaleString("en-GB")}`,
  );
  expect(await chart.getAttribute("aria-valuetext")).toBe(first);
  expect(await chart.locator("[data-cursor] circle").count()).toBe(1);
  await page.keyboard.press("ArrowRight");
  expect(await chart.getAttribute("aria-valuetext")).toBe(second);
  const rank = page.getByRole("slider", { name: "Rank over time" });
  expect(await rank.locator("[data-cursor] circle").count()).toBe(1);
  await page.keyboard.press("Escape");
  expect(await page.locator("[data-cursor]").count()).toBe(0);
  expect(complaints).toEqual([]);
});

it("saves a chart as a picture", async () => {
  const { page, complaints } = await stage.visit(pageOf("cup", "ada"));
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as picture: Score over time" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("Ada-The-Cup-Score-over-time.png");
  const bytes = await readFile(await saved.path());
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(complaints).toEqual([]);
});

it("follows what is posted while it is open", async () => {
  await stage.createBoard({ id: "live", name: "Live" });
  await stage.post("live", [
    { player: "ada", name: "Ada", score: 1 },
    { player: "bob", name: "Bob", score: 2 },
  ]);
  const { page, complaints } = await stage.visit(pageOf("live", "ada"));
  await page.getByText("One score so far: a line begins with the second.").waitFor();
  await waitForStatus(page, "polling");
  await stage.post("live", [{ player: "ada", score: 3 }]);
  const standing = page.getByRole("region", { name: "Standing" });
  await standing.getByText("Nobody is ahead.").waitFor({ timeout: 7_000 });
  await expect.poll(() => events(page).allTextContents(), { timeout: 7_000 }).toHaveLength(2);
  await page.getByRole("slider", { name: "Score over time" }).waitFor({ timeout: 7_000 });
  expect(complaints).toEqual([]);
});

it("shows earlier scores page by page, until the first", async () => {
  await stage.createBoard({ id: "many", name: "Many", operator: "incr" });
  for (let i = 0; i < 4; i++)
    await stage.post(
      "many",
      Array.from({ length: 30 }, () => ({ player: "ada", name: "Ada", score: 2 })),
    );
  const { page } = await stage.visit(pageOf("many", "ada"));
  await page.getByText("50 scores shown").waitFor();
  await page.getByRole("button", { name: "Show earlier" }).click();
  await page.getByText("100 scores shown").waitFor();
  await page.getByRole("button", { name: "Show earlier" }).click();
  await page.getByText("120 scores shown").waitFor();
  expect(await page.getByRole("button", { name: "Show earlier" }).count()).toBe(0);
  const { events: newest } = await ask<PlayerEvents>("many", "ada", "/events?limit=200");
  expect(await events(page).locator("td:last-child").allTextContents()).toEqual(
    newest.map(({ after }) => String(after.score)),
  );
  expect(await events(page).last().textContent()).toContain("the first score");
});

it("says calmly that the history is being read, and shows it when it is", async () => {
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  let refused = 0;
  await page.route("**/history", async (route) => {
    if (refused++ > 0) return route.continue();
    await route.fulfill(refusal("unavailable", { retryAfter: 1 }));
  });
  await page.goto(stage.server.url + pageOf("cup", "ada"));
  await page.getByText("The history is not ready yet").waitFor();
  await page.getByRole("slider", { name: "Score over time" }).waitFor({ timeout: 10_000 });
  await context.close();
});

it("says so where a board has too long a history, and asks no more", async () => {
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  await page.route(/\/(history|events)$/, (route) => route.fulfill(refusal("history-too-long")));
  await page.goto(stage.server.url + pageOf("cup", "ada"));
  await expect.poll(() => page.getByText("than can be looked back over").count()).toBe(2);
  await page.getByRole("heading", { level: 1, name: "Ada" }).waitFor();
  await context.close();
});

it("answers 404 for a player or a board that is not there, and finds another by search", async () => {
  const missing = await fetch(stage.server.url + pageOf("cup", "nobody"));
  expect(missing.status).toBe(404);
  const { page } = await stage.visit(pageOf("cup", "nobody"));
  await page.getByRole("heading", { name: "There is no such player" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("searchbox", { name: "Find a player" }).fill("player 21");
  await page.getByRole("link", { name: "Player 21" }).click();
  await page.getByRole("heading", { level: 1, name: "Player 21" }).waitFor();
  for (const path of [pageOf("none", "ada"), pageOf("cup", "y".repeat(129)), pageOf("cup", "\u0000")]) {
    expect([path, (await fetch(stage.server.url + path)).status]).toEqual([path, 404]);
  }
  const noBoard = await stage.visit(pageOf("none", "ada"));
  await noBoard.page.getByRole("heading", { name: "There is no such board" }).waitFor();
});

it("has a page for any id, and room for any name", async () => {
  const { page, complaints } = await stage.visit(pageOf("cup", oddId), { viewport: { width: 360, height: 800 } });
  await page.getByRole("heading", { level: 1, name: longName }).waitFor();
  await page.getByText(`Id: ${oddId}`).waitFor();
  expect(await page.title()).toBe(`${longName} on The Cup · Rungs`);
  await events(page).first().waitFor();
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
});

it("says that it is stale when the server is out of reach, and recovers", async () => {
  const { page } = await stage.visit(pageOf("cup", "ada"));
  await page.waitForLoadState("networkidle");
  await page.context().setOffline(true);
  await page.getByText("You are offline. These are the last standings that reached you.").waitFor();
  await waitForStatus(page, "stale", 20_000);
  await page.context().setOffline(false);
  await waitForStatus(page, "polling", 25_000);
});

it("has no accessibility violation in light and dark, wide and narrow, in both languages", async () => {
  for (const locale of ["en-GB", "de-DE"]) {
    const { page } = await stage.visit(pageOf("cup", "ada"), { locale });
    await page.getByRole("slider").nth(1).waitFor();
    for (const summary of await page.locator("summary").all()) await summary.click();
    for (const width of [1_440, 360, 320]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        expect(await violations(page)).toEqual([]);
      }
      expect(await sideways(page)).toBeLessThanOrEqual(0);
    }
  }
});
