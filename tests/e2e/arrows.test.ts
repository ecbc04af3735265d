/** What the arrows beside ranks tell of, and how changes on the page are seen. */
import type { Page } from "playwright";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "@/tests/support/axe";
import { cast, openCast } from "@/tests/support/cast";
import { refusal } from "@/tests/support/problem";
import { openStage, type Stage, waitForOrder, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage?.close());

const open = (board: string, settings?: object) => openCast(stage, board, settings);

const back = (page: Page) => page.getByRole("region", { name: "While you were away" });
const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });
const arrows = (page: Page) => page.locator("tbody td:first-child .sr-only").allTextContents();

async function setHidden(page: Page, hidden: boolean) {
  await page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { configurable: true, value });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

async function chooseArrows(page: Page, label: string) {
  await page.getByRole("button", { name: "View" }).click();
  await page.getByRole("radio", { name: label }).click();
}

it("tells whoever comes back to the tab who has moved since, until it is dismissed", async () => {
  const { page, complaints } = await open("left", { delivery: "sse" });
  await waitForStatus(page, "live");
  await page.keyboard.press("Tab");
  await expect.poll(() => hasHome(page)).toBe(true);
  await page.clock.setFixedTime(Date.now());
  await setHidden(page, true);
  await stage.post("left", [{ player: "cat", score: 99 }]);
  await waitForOrder(page, ["CAT", "ADA", "BOB"], 5_000);
  await page.clock.setFixedTime(Date.now() + 720_000);
  await setHidden(page, false);
  await back(page).getByText("Since you looked 12 minutes ago: 3 players moved").waitFor();
  await page.getByRole("status").getByText("Since you looked").waitFor({ state: "attached" });
  expect(await arrows(page)).toEqual(["up 2 places", "down 1 place", "down 1 place"]);
  expect(await violations(page)).toEqual([]);
  await back(page).getByRole("button", { name: "Dismiss" }).click();
  await back(page).waitFor({ state: "detached" });
  await chooseArrows(page, "Since you last looked");
  await page.keyboard.press("Escape");
  expect(await arrows(page)).toEqual(["up 2 places", "down 1 place", "down 1 place"]);
  expect(complaints).toEqual([]);
});

it("tells the same on a new visit, and nothing to whoever was away for a moment only", async () => {
  const { page } = await open("visited");
  await page.keyboard.press("Tab");
  await expect.poll(() => hasHome(page)).toBe(true);
  await page.goto(`${stage.server.url}/`);
  await page.evaluate(() => {
    const look = JSON.parse(localStorage.getItem("rungs:look:visited") ?? "null");
    localStorage.setItem("rungs:look:visited", JSON.stringify({ ...look, at: look.at - 3 * 86_400_000 }));
  });
  await stage.post("visited", [{ player: "bob", score: 99 }]);
  await page.goto(`${stage.server.url}/boards/visited`);
  await back(page).getByText("Since you looked 3 days ago: 2 players moved").waitFor();
  expect(await arrows(page)).toEqual(["up 1 place", "down 1 place"]);
  await page.reload();
  await waitForStatus(page, "polling");
  await expect.poll(() => hasHome(page)).toBe(true);
  expect([await back(page).count(), await arrows(page)]).toEqual([0, []]);
});

/** Whether the tools' code has come: it has a region of its own to speak through. */
const hasHome = async (page: Page) => (await page.locator('main p[role="status"]').count()) > 1;

it("compares with an hour ago, asking again while the server is still reading, once", async () => {
  const { page } = await open("hourly");
  const sql = postgres(stage.server.databaseUrl ?? "", { max: 1 });
  await sql`update score_events set created_at = created_at - interval '2 hours'`;
  await sql.end();
  await stage.post("hourly", [
    { player: "cat", score: 99 },
    { player: "dan", name: "DAN", score: 98 },
  ]);
  await waitForOrder(page, ["CAT", "DAN", "ADA", "BOB"], 7_000);
  let asked = 0;
  await page.route(/\/at\?/, (route) => {
    asked++;
    if (asked > 1) return route.continue();
    return route.fulfill(refusal("unavailable", { retryAfter: 1 }));
  });
  await chooseArrows(page, "Of the last hour");
  await page.getByText("Looking back …").waitFor();
  await page.getByText("Looking back …").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  expect(await arrows(page)).toEqual(["up 2 places", "down 2 places", "down 2 places"]);
  await row(page, "DAN").waitFor();
  expect(asked).toBe(2);
});

it("says so where a board has too much of a past, and goes back to the arrows of now", async () => {
  const { page } = await open("endless");
  await page.route(/\/at\?/, (route) => route.fulfill(refusal("history-too-long")));
  await chooseArrows(page, "Of the last hour");
  await page.getByText("This board has too much of a past to look back over.").waitFor();
  const dialog = page.getByRole("dialog", { name: "View" });
  expect(await dialog.getByRole("radio", { name: "Of the last hour" }).isDisabled()).toBe(true);
  expect(await dialog.getByRole("radio", { name: "Of the last 30 seconds" }).isChecked()).toBe(true);
  expect(await dialog.getByRole("radio", { name: "Since you last looked" }).isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
});

it("marks who has taken the lead for a while, and lets the number roll, without moving anything else", async () => {
  const { page } = await open("led", { delivery: "sse" });
  await waitForStatus(page, "live");
  // The first change brings the code.
  await stage.post("led", [{ player: "bob", score: 25 }]);
  await row(page, "BOB").getByText("25").waitFor();
  await noteAnimations(page);
  await stage.post("led", [{ player: "cat", score: 99 }]);
  await page.locator("tbody tr[data-crowned]").getByText("CAT").waitFor({ timeout: 5_000 });
  expect(await page.locator("tbody tr[data-crowned]").count()).toBe(1);
  await expect.poll(() => animated(page)).toEqual(expect.arrayContaining(["TR", "SPAN"]));
  expect(await violations(page)).toEqual([]);
  await page.locator("tbody tr[data-crowned]").waitFor({ state: "detached", timeout: 12_000 });
  expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBe(0);
});

it("moves nothing for whoever wants less motion, and marks the leader all the same", async () => {
  await stage.createBoard({ id: "calm", delivery: "sse" });
  await stage.post("calm", cast);
  const { page } = await stage.visit("/boards/calm", { reducedMotion: "reduce" });
  await waitForStatus(page, "live");
  await stage.post("calm", [{ player: "bob", score: 25 }]);
  await row(page, "BOB").getByText("25").waitFor();
  await noteAnimations(page);
  await stage.post("calm", [{ player: "cat", score: 99 }]);
  await page.locator("tbody tr[data-crowned]").getByText("CAT").waitFor({ timeout: 5_000 });
  // The tint of a row is a colour that fades: nothing moves.
  expect(await page.evaluate(() => (window as unknown as { moved: string[] }).moved)).toEqual([]);
});

/** Notes, in the page, which elements are animated from now on, which of them by moving, and how far the layout shifts. */
async function noteAnimations(page: Page) {
  await page.evaluate(() => {
    const notes = { animated: [] as string[], moved: [] as string[], shift: 0 };
    Object.assign(window, notes);
    const { animate } = Element.prototype;
    const { animated, moved } = window as unknown as typeof notes;
    Element.prototype.animate = function (frames, options) {
      animated.push(this.tagName);
      if (frames && "transform" in frames) moved.push(this.tagName);
      return animate.call(this, frames, options);
    };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        Object.assign(window, {
          shift: (window as unknown as typeof notes).shift + (entry as unknown as { value: number }).value,
        });
      }
    }).observe({ type: "layout-shift" });
  });
}

const animated = (page: Page) => page.evaluate(() => (window as unknown as { animated: string[] }).animated);
